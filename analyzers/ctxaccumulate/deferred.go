package ctxaccumulate

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/deferloop"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// deferred reports the contexts that a loop in f makes and whose end is deferred to
// that of f.
func (c *checker) deferred(f *funcs.Func) {
	var defers []*ast.DeferStmt
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if d, ok := n.(*ast.DeferStmt); ok {
			defers = append(defers, d)
		}
		_, lit := n.(*ast.FuncLit)
		return !lit
	})
	loops, _ := deferloop.Find(c.TypesInfo, c.root, f, defers)
	for _, l := range loops {
		if v := l.CancelVar(); v != nil && !l.Guarded() {
			c.piles(l, v)
		}
	}
}

// piles reports the loop whose contexts v, deferred, ends.
func (c *checker) piles(l *deferloop.Loop, v *types.Var) {
	pos, end, name := l.Defer.Pos(), l.Defer.End(), "the context"
	ends := "and its parent keeps it"
	if d := c.madeWith(l, v); d != nil {
		pos, end, name = d.call.Pos(), d.call.End(), d.name
		if timer(d.name) {
			ends = "with a timer that runs"
		}
	}
	r := rule.Finding{
		Pos: pos, End: end,
		Tier:      rule.Likely,
		Cause:     "cancel deferred in a loop",
		Primitive: name,
		Message:   "each iteration makes a context, " + ends + " until the function returns, because its " + v.Name() + " is deferred to then: they pile up for as long as the loop goes on",
		Mend:      "call " + v.Name() + " at the end of the iteration, or put the body of the loop into a function",
		Chain:     []rule.Step{{Pos: l.Defer.Pos(), Text: v.Name() + " is deferred to the end of the function"}},
	}
	switch {
	case !l.Ends:
		r.Tier = rule.Proven
		r.Message = "each iteration makes a context, " + ends + " for as long as the process: its " + v.Name() + " is deferred in a loop that never ends, and never runs"
	case l.Deliberate():
		r.Tier = rule.Suspected
	}
	if fix := l.Wrap(); fix != nil {
		r.Fixes = []analysis.SuggestedFix{*fix}
	}
	c.Report(r)
}

// madeWith returns the derivation that gives v, or nil if there is not exactly one
// in the loop.
func (c *checker) madeWith(l *deferloop.Loop, v *types.Var) (found *derivation) {
	given, _ := c.values.Given(v)
	for _, e := range given {
		d := c.derivation(e)
		if d == nil || len(l.Stmts) > 0 && !holds(l.Stmts[0], d.call) {
			continue
		}
		if found != nil {
			return nil
		}
		found = d
	}
	return found
}

func holds(n, m ast.Node) bool { return n.Pos() <= m.Pos() && m.End() <= n.End() }

// replaced reports a cancel function that a loop replaces by another before it was
// called: what it would have ended stays.
func (c *checker) replaced(f *funcs.Func, cur inspector.Cursor, n *ast.AssignStmt) {
	if len(n.Rhs) != 1 || len(n.Lhs) != 2 {
		return
	}
	d := c.derivation(n.Rhs[0])
	v := c.variable(n.Lhs[1])
	if d == nil || !d.ends || v == nil || c.Funcs.At(v.Pos()) != f {
		return
	}
	l := deferloop.Around(c.TypesInfo, c.root, f, n)
	if l == nil || len(l.Stmts) == 0 || l.Few() || l.Guarded() || holds(l.Stmts[0], &ast.Ident{NamePos: v.Pos()}) {
		return
	}
	parent := c.variable(d.parent)
	if parent != nil && (parent == c.variable(n.Lhs[0]) || holds(l.Stmts[0], &ast.Ident{NamePos: parent.Pos()})) {
		return // each is of the one before, or of one that ends with the iteration
	}
	loop := l.Stmts[0]
	if c.mentions(loop, v, n) {
		return
	}
	c.Report(rule.Finding{
		Pos: d.call.Pos(), End: d.call.End(),
		Tier:      rule.Likely,
		Cause:     "cancel replaced in a loop",
		Primitive: d.name,
		Message:   "each iteration makes a context and puts its " + v.Name() + " in the place of the one before, which nobody called: its parent keeps every context that the loop ever made",
		Mend:      "call " + v.Name() + " at the end of the iteration",
	})
}

// mentions reports whether n names v outside the statement except.
func (c *checker) mentions(n ast.Node, v types.Object, except ast.Node) (found bool) {
	ast.Inspect(n, func(m ast.Node) bool {
		if m == except {
			return false
		}
		if id, ok := m.(*ast.Ident); ok && c.TypesInfo.Uses[id] == v {
			found = true
		}
		return !found
	})
	return found
}
