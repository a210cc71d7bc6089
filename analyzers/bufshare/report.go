package bufshare

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/keeps"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// ways say what is done with a view, after the name of what is lent.
var ways = map[keeps.Way]string{
	keeps.Goroutine: "is handed to a goroutine",
	keeps.Channel:   "is sent to a channel",
	keeps.Element:   "is kept in a collection",
	keeps.Field:     "is kept in a field",
}

func (f *finder) report(l *loan, k kept, over ssa.Instruction) {
	if k.way == keeps.Channel && (&walk{finder: f, loan: l}).joined(k.at) {
		return // whoever received it has answered
	}
	pos := k.pos
	if !pos.IsValid() {
		pos = position(k.at)
	}
	if !pos.IsValid() || f.told[pos] {
		return
	}
	f.told[pos] = true
	tier, does := rule.Likely, ways[k.way]
	if k.name != "" {
		does += " by " + k.name
	}
	_, returned := k.at.(*ssa.Return)
	switch {
	case returned:
		does = "is returned"
	case k.way == keeps.Field:
		tier = rule.Suspected
	}
	message := fmt.Sprintf("%s %s, and %s: whoever looks at it then sees other bytes, those of the next message or half of each", l.name, does, l.how)
	if tier == rule.Suspected {
		message += "; only suspected: it may be done with before"
	}
	chain := []rule.Step{{Pos: pos, Text: l.name + " " + does}}
	if k.where.IsValid() {
		chain = append(chain, rule.Step{Posn: k.where, Text: "there it is kept"})
	}
	chain = append(chain, rule.Step{Pos: position(over), Text: "and " + l.how})
	start, end := f.statement(pos)
	f.Report(rule.Finding{
		Pos: start, End: end,
		Tier:      tier,
		Message:   message,
		Cause:     "a view " + does,
		Primitive: l.how,
		Chain:     chain,
		Mend:      "hand on a copy (bytes.Clone), or make a buffer for each",
		Fixes:     f.fixes(k, pos),
	})
}

func position(instr ssa.Instruction) token.Pos {
	if call, ok := instr.(*ssa.Call); ok {
		return call.Call.Pos()
	}
	return instr.Pos()
}

// statement returns where the statement begins that pos is in, and its end, or that of
// its first line.
func (f *finder) statement(pos token.Pos) (start, end token.Pos) {
	cur, ok := f.root.FindByPos(pos, pos)
	if !ok {
		return pos, pos
	}
	for c := range cur.Enclosing() {
		if s, ok := c.Node().(ast.Stmt); ok {
			if _, block := s.(*ast.BlockStmt); block {
				break
			}
			if f.Fset.Position(s.Pos()).Line == f.Fset.Position(s.End()).Line {
				return s.Pos(), s.End()
			}
			return s.Pos(), s.Pos()
		}
	}
	return pos, pos
}

// fixes returns the edit that hands on a copy, where the view is written as an
// expression of type []byte.
func (f *finder) fixes(k kept, pos token.Pos) []analysis.SuggestedFix {
	cur, ok := f.root.FindByPos(pos, pos)
	if !ok || k.way == keeps.Field {
		return nil
	}
	var found ast.Expr
	for c := range cur.Enclosing() {
		switch n := c.Node().(type) {
		case *ast.GoStmt:
			found = f.viewAmong(n.Call.Args)
		case *ast.SendStmt:
			found = f.viewAmong([]ast.Expr{n.Value})
		case *ast.CallExpr:
			if n.Lparen != pos {
				continue
			}
			found = f.viewAmong(n.Args)
		case ast.Stmt:
		default:
			continue
		}
		break
	}
	if found == nil {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message: "Hand on a copy",
		TextEdits: []analysis.TextEdit{
			{Pos: found.Pos(), End: found.Pos(), NewText: []byte("append([]byte(nil), ")},
			{Pos: found.End(), End: found.End(), NewText: []byte("...)")},
		},
	}}
}

// viewAmong returns the one expression of type []byte that is a slice of something.
func (f *finder) viewAmong(list []ast.Expr) (found ast.Expr) {
	for _, e := range list {
		switch ast.Unparen(e).(type) {
		case *ast.SliceExpr, *ast.CallExpr, *ast.Ident:
		default:
			continue
		}
		if t := f.TypesInfo.TypeOf(e); t == nil || !types.Identical(t, types.NewSlice(types.Typ[types.Byte])) {
			continue
		}
		if found != nil {
			return nil
		}
		found = e
	}
	return found
}
