package poolmisuse

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// regrown reports whether slices of the pool that call gives back to are grown into what
// lies behind their end: s = s[:n+1], where cap(s) allows it. Then what their elements
// point to is kept on purpose, to be used again.
func (c *checker) regrown(call *funcs.Call) bool {
	pool := c.pool(call.Site)
	if pool == nil {
		return false
	}
	for cur := range c.root.Preorder((*ast.SliceExpr)(nil)) {
		e := cur.Node().(*ast.SliceExpr)
		if e.High == nil || c.TypesInfo.Types[e.High].Value != nil || c.values.InTest(e.Pos()) {
			continue
		}
		v := c.local(e)
		f := c.Funcs.At(e.Pos())
		if v != nil && f != nil && c.asksCap(f, v) && c.isTaken(v, pool) {
			return true
		}
	}
	return false
}

// pool returns the variable or field of which the call is a method, or nil.
func (c *checker) pool(call *ast.CallExpr) types.Object {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	return dataflow.Key(c.TypesInfo, sel.X)
}

// asksCap reports whether f asks for the capacity of v.
func (c *checker) asksCap(f *funcs.Func, v *types.Var) (found bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && c.builtin(call, "cap") && c.is(call.Args[0], v)
		return !found
	})
	return found
}

// isTaken reports whether v is given what is taken from the pool, here or by a function
// of this package.
func (c *checker) isTaken(v *types.Var, pool types.Object) bool {
	given, _ := c.values.Given(v)
	return slices.ContainsFunc(given, func(e ast.Expr) bool {
		call, ok := taken(e).(*ast.CallExpr)
		if !ok {
			return false
		}
		k := c.Funcs.Call(call)
		return c.pool(call) == pool || k != nil && k.Callee != nil && slices.ContainsFunc(k.Callee.Out, func(in *funcs.Call) bool {
			return c.pool(in.Site) == pool
		})
	})
}

// taken returns e without what makes a slice of what a sync.Pool returns: *p.Get().(*[]T).
func taken(e ast.Expr) ast.Expr {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.TypeAssertExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return x
		}
	}
}
