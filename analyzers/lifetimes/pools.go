package lifetimes

import (
	"go/ast"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// GivesBack returns what a call gives back to a pool: the argument of Put, or what
// a function that it calls gives back of its arguments and receiver. It is sure
// where that is done on every path, which is not known of other packages.
func (x *Index) GivesBack(c *funcs.Call) (objects []ast.Expr, sure bool) {
	switch {
	case c.Func == nil || c.Func.Pkg() == nil || c.Dynamic:
		return nil, false
	case isPut(c.Func):
		return c.Site.Args, true
	case c.Callee != nil:
		if objects = operands(c.Site, x.gives[c.Callee]); len(objects) > 0 {
			_, sure = x.Comes(c.Callee, x.puts)
		}
		return objects, sure
	}
	var s Summary
	if !x.pass.ImportObjectFact(c.Func, &s) {
		return nil, false
	}
	return operands(c.Site, pooledOf(c.Func, &s)), false
}

func isPut(fn *types.Func) bool { return fn.Name() == "Put" && fn.FullName() == Pooled.Take }

// operands returns the arguments of call with the given indices, and what it is
// called on for Receiver.
func operands(call *ast.CallExpr, is []int) []ast.Expr {
	var es []ast.Expr
	for _, i := range is {
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && i == Receiver {
			es = append(es, sel.X)
		} else if 0 <= i && i < len(call.Args) {
			es = append(es, call.Args[i])
		}
	}
	return es
}

// Pools reports whether the package takes anything from a pool or gives it back.
func (x *Index) Pools() bool { return x.everything }
