package walltime

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// mostUses is how many other uses of a value the chain of its finding names.
const mostUses = 3

// report reports a value that is kept as wall time, at the first place where that
// goes wrong.
func (c *checker) report(f *fault) {
	u := f.uses[0]
	finding := rule.Finding{
		Pos:       u.expr.Pos(),
		End:       u.expr.End(),
		Tier:      rule.Likely,
		Cause:     "duration by wall time",
		Primitive: u.wall.means(),
		Mend:      "keep the time.Time of time.Now as it is, and ask time.Since; UTC is for what is shown or stored",
		Fixes:     c.fixes(f),
	}
	what := "this duration"
	if u.does == deadline {
		what = "this deadline"
		finding.Cause = "deadline by wall time"
		finding.Mend = "keep the time.Time of time.Now().Add as it is, and compare it with time.Now()"
	}
	if u.wall.unit != "" {
		finding.Message = fmt.Sprintf("%s goes by the wall clock, since %s gives a number without the monotonic reading: when the clock is set, it is wrong by the step, and may be negative or never come", what, u.wall.unit)
		if u.atomic(c) {
			finding.Mend = "store nanoseconds since a time.Time of the process, time.Since(begin), which may be atomic too"
		}
	} else {
		finding.Message = fmt.Sprintf("%s goes by the wall clock, since %s drops the monotonic reading: when the clock is set, it is wrong by the step, and may be negative or never come", what, u.wall.strip)
	}
	if why := u.doubt(); why != "" {
		finding.Tier = rule.Suspected
		finding.Message += " (but " + why + ")"
	}
	if u.wall.by != nil {
		finding.Chain = append(finding.Chain, rule.Step{Pos: u.wall.at, Text: u.wall.by.Name() + " is read here"})
	}
	for i, o := range f.uses[1:] {
		if i == mostUses {
			break
		}
		finding.Chain = append(finding.Chain, rule.Step{Pos: o.expr.Pos(), Text: "goes by it as well"})
	}
	c.Report(finding)
}

// means returns by what a reading became wall time.
func (r *reading) means() string {
	if r.unit != "" {
		return "(time.Time)." + r.unit
	}
	return "(time.Time)." + r.strip
}

// atomic reports whether the number is kept in a variable that atomics work on.
func (u use) atomic(c *checker) bool { return u.wall.by != nil && len(c.stored[u.wall.by]) > 0 }

// doubt says why the wall clock may be what is meant, or good enough, or returns "".
func (u use) doubt() string {
	switch {
	case u.wall.open:
		return "other packages may set it"
	case u.wall.unit == "Unix":
		return "in whole seconds a step of the clock hardly shows"
	}
	return ""
}

// displayed reports whether what is computed at cur is only shown: written to a log
// or made text, there or by way of one local variable, or whether that is worth it.
func (c *checker) displayed(cur inspector.Cursor) bool {
	if c.shown(cur) || c.asked(cur) {
		return true
	}
	assign, ok := cur.Parent().Node().(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 1 || len(assign.Rhs) != 1 {
		return false
	}
	v := c.values.Variable(assign.Lhs[0])
	if v == nil || dataflow.LocalVar(v) == nil {
		return false
	}
	uses := 0
	for use := range c.root.Preorder((*ast.Ident)(nil)) {
		if c.TypesInfo.Uses[use.Node().(*ast.Ident)] != v {
			continue
		}
		if uses++; !c.shown(use) && !c.asked(use) {
			return false
		}
	}
	return uses > 0
}

// shown reports whether cur stands in what a call logs or makes text of.
func (c *checker) shown(cur inspector.Cursor) bool {
	for outer := range cur.Parent().Enclosing((*ast.CallExpr)(nil), (*ast.BlockStmt)(nil), (*ast.FuncLit)(nil), (*ast.IfStmt)(nil)) {
		call, ok := outer.Node().(*ast.CallExpr)
		if !ok {
			return false
		}
		k := c.Funcs.Call(call)
		if k == nil || k.Func == nil || k.Func.Pkg() == nil {
			continue
		}
		if costly.Logger(k.Func) || formats(k.Func) || k.FullName() == "(time.Duration).String" {
			return true
		}
	}
	return false
}

// asked reports whether cur stands in the condition of an if statement that does nothing
// but to write a log.
func (c *checker) asked(cur inspector.Cursor) bool {
	for outer := range cur.Parent().Enclosing((*ast.CallExpr)(nil), (*ast.BlockStmt)(nil), (*ast.FuncLit)(nil), (*ast.IfStmt)(nil)) {
		switch n := outer.Node().(type) {
		case *ast.CallExpr:
			if k := c.Funcs.Call(n); k == nil || k.Func == nil || k.Func.Pkg() == nil || k.Func.Pkg().Path() != "time" {
				return false
			}
		case *ast.IfStmt:
			return n.Else == nil && n.Cond.Pos() <= cur.Node().Pos() && cur.Node().End() <= n.Cond.End() && c.tells(n.Body)
		default:
			return false
		}
	}
	return false
}

// tells reports whether a block writes a log and does nothing else.
func (c *checker) tells(body *ast.BlockStmt) bool {
	told, more := false, false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt, *ast.GoStmt, *ast.DeferStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.FuncLit, *ast.SelectStmt:
			more = true
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				v := c.values.Variable(l)
				more = more || v == nil || v.Pos() < body.Pos() || v.Pos() > body.End()
			}
		case *ast.CallExpr:
			logs, other := c.writes(n)
			told, more = told || logs, more || other
		}
		return !more
	})
	return told && !more
}

// writes reports whether a call writes a log, or does anything but to make text.
func (c *checker) writes(call *ast.CallExpr) (logs, other bool) {
	k := c.Funcs.Call(call)
	if k == nil { // a conversion or a builtin
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		return false, ok && (id.Name == "panic" || id.Name == "close" || id.Name == "delete")
	}
	if k.Func == nil || k.Func.Pkg() == nil {
		return false, true
	}
	switch k.Func.Pkg().Path() {
	case "fmt":
		return !strings.HasPrefix(k.Func.Name(), "S"), false
	case "strings", "strconv", "time":
		return false, false
	}
	logs = costly.Logger(k.Func) || formats(k.Func)
	return logs, !logs
}

// formats reports whether fn makes text of all that it is given, going by what it
// takes: s.Noticef(format, args...), fmt.Sprint.
func formats(fn *types.Func) bool {
	sig := fn.Signature()
	if !sig.Variadic() {
		return false
	}
	last := sig.Params().At(sig.Params().Len() - 1).Type().(*types.Slice)
	any, ok := last.Elem().Underlying().(*types.Interface)
	if !ok || !any.Empty() {
		return false
	}
	return fn.Pkg().Path() == "fmt" || strings.HasSuffix(fn.Name(), "f")
}
