package deferloop

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
)

// Wrap returns the fix that makes the body of the loop a function, so that the
// defer runs at the end of each iteration. It is nil where that would change
// what a statement or a recover in the body means.
func (l *Loop) Wrap() *analysis.SuggestedFix {
	if l.body == nil || l.Few() || l.onPurpose() || l.recovers() || l.jumps(l.body, false) {
		return nil
	}
	return &analysis.SuggestedFix{
		Message: "Put the body of the loop into a function",
		TextEdits: []analysis.TextEdit{
			{Pos: l.body.Lbrace + 1, End: l.body.Lbrace + 1, NewText: []byte("\nfunc() {")},
			{Pos: l.body.Rbrace, End: l.body.Rbrace, NewText: []byte("}()\n")},
		},
	}
}

// recovers reports whether the deferred call may recover: then it would stop a
// panic at another place.
func (l *Loop) recovers() (found bool) {
	ast.Inspect(l.Defer.Call, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			b, ok := l.info.Uses[id].(*types.Builtin)
			found = found || ok && b.Name() == "recover"
		}
		return !found
	})
	return found
}

// jumps reports whether n holds a statement that leaves the body of the loop.
// Plain breaks and continues are at home if they stand in a statement within.
func (l *Loop) jumps(n ast.Node, home bool) (found bool) {
	ast.Inspect(n, func(m ast.Node) bool {
		if m == n || found {
			return !found
		}
		switch m := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt, *ast.LabeledStmt:
			found = true
		case *ast.BranchStmt:
			found = m.Label != nil || m.Tok == token.GOTO || !home && m.Tok != token.FALLTHROUGH
		case *ast.ForStmt, *ast.RangeStmt:
			found = l.jumps(m, true)
			return false
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			// A break is at home here, a continue is not: none is accepted.
			found = l.jumps(m, home)
			return false
		}
		return !found
	})
	return found
}
