package ctxaccumulate

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"honnef.co/go/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// stored reports the context of a request that n puts where it outlives the request:
// into a field of what serves all of them, or a package variable.
func (c *checker) stored(f *funcs.Func, n *ast.AssignStmt) {
	root := c.Hotness.Root(f.Outermost().Node)
	if root == nil || len(root.Via) > 0 || len(n.Lhs) != len(n.Rhs) {
		return
	}
	for i, l := range n.Lhs {
		if !c.ofServer(f, l, root) {
			continue
		}
		if _, local := ast.Unparen(l).(*ast.Ident); local && dataflow.LocalVar(c.TypesInfo.ObjectOf(ast.Unparen(l).(*ast.Ident))) != nil {
			continue
		}
		switch {
		case contexts.Is(c.TypesInfo.TypeOf(l)) && c.ofRequest(f.Outermost(), n.Rhs[i], 0):
			c.outlives(l, n.Rhs[i], root.Detail, rule.Likely)
		case c.literalWith(f, n.Rhs[i]) != nil:
			c.outlives(l, c.literalWith(f, n.Rhs[i]), root.Detail, rule.Suspected)
		}
	}
}

func (c *checker) outlives(where, what ast.Expr, detail string, tier rule.Tier) {
	name := rule.Brief(types.ExprString(where))
	c.Report(rule.Finding{
		Pos: what.Pos(), End: what.End(),
		Tier:      tier,
		Cause:     "request's context stored",
		Primitive: "context.Context",
		Message: fmt.Sprintf("the context of a request (%s) is put into %s, which outlives the request: what uses it later fails as soon as this request is over, and what the request holds cannot be collected",
			detail, name),
		Mend: "pass the context as an argument; what goes on after the request wants context.WithoutCancel(ctx), or a context of its owner",
	})
}

// ofRequest reports whether e is the context of the request that f answers, or is
// derived from it.
func (c *checker) ofRequest(f *funcs.Func, e ast.Expr, depth int) bool {
	const far = 4
	if depth > far {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, ok := c.TypesInfo.Uses[e].(*types.Var)
		if !ok {
			return false
		}
		if values.IsParam(f, v) {
			return contexts.Is(v.Type())
		}
		given, all := c.values.Given(v)
		return all && len(given) == 1 && c.ofRequest(f, given[0], depth+1)
	case *ast.CallExpr:
		if values.Callee(c.TypesInfo, e) == "context.WithoutCancel" {
			return false
		}
		if d := c.derivation(e); d != nil {
			return c.ofRequest(f, d.parent, depth+1)
		}
		sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Context" || !contexts.Is(c.TypesInfo.TypeOf(e)) {
			return false
		}
		v := c.variable(dataflow.Base(sel.X))
		return v != nil && values.IsParam(f, v) && v != f.Sig.Recv() && !typeutil.IsTypeWithName(v.Type(), "context.Context")
	}
	return false
}

// literalWith returns the context of the request in a struct that e makes, or holds
// if it is a variable, or nil.
func (c *checker) literalWith(f *funcs.Func, e ast.Expr) ast.Expr {
	lit := c.values.Literal(e)
	if lit == nil {
		return nil
	}
	for _, el := range lit.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			el = kv.Value
		}
		if contexts.Is(c.TypesInfo.TypeOf(el)) && c.ofRequest(f.Outermost(), el, 0) {
			return el
		}
	}
	return nil
}

// sent reports a job that carries the context of a request into a channel, if the
// handler waits for nothing after that.
func (c *checker) sent(f *funcs.Func, n *ast.SendStmt) {
	root := c.Hotness.Root(f.Outermost().Node)
	if root == nil || len(root.Via) > 0 {
		return
	}
	e := c.literalWith(f, n.Value)
	if e == nil || c.receivesAfter(f.Outermost(), n.Pos()) {
		return
	}
	c.outlives(n.Chan, e, root.Detail, rule.Suspected)
}

// receivesAfter reports whether f waits for a channel, or for what it calls to be
// done, behind pos.
func (c *checker) receivesAfter(f *funcs.Func, pos token.Pos) (found bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW && n.Pos() > pos
		case *ast.RangeStmt:
			_, ok := c.TypesInfo.TypeOf(n.X).Underlying().(*types.Chan)
			found = found || ok && n.Pos() > pos
		case *ast.CallExpr:
			sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr)
			found = found || ok && sel.Sel.Name == "Wait" && n.Pos() > pos
		}
		return !found
	})
	return found
}
