package sizes

import (
	"go/ast"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// findGrowth finds the package variables that functions other than init
// change, and the registries of sessions among fields and package variables:
// what is handed in by a caller is added to them one at a time, and removed
// again. How many there are is up to those who connect.
func (x *Index) findGrowth() {
	added, removed := make(dataflow.Objects), make(dataflow.Objects)
	swept := make(map[*ast.CallExpr]bool)
	for _, fn := range x.funcs.Funcs {
		if fn.Obj != nil && fn.Obj.Name() == "init" {
			continue
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					x.assigned(fn, l, n.Rhs[min(i, len(n.Rhs)-1)], added)
				}
			case *ast.RangeStmt:
				x.sweeps(n, swept)
			case *ast.CallExpr:
				if k := x.deleted(n); k != nil && !swept[n] {
					removed[k] = true
				}
			}
			return true
		})
	}
	for k := range added {
		if removed[k] {
			x.sessions[k] = true
		}
	}
}

// deleted returns the map that the call deletes from, or nil.
func (x *Index) deleted(n *ast.CallExpr) types.Object {
	if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "delete" && len(n.Args) == 2 {
		return dataflow.Key(x.info, n.Args[0])
	}
	return nil
}

// sweeps marks what the loop deletes from the map that it walks: that brings
// the map in line with something else, a configuration say, and is not how a
// session leaves.
func (x *Index) sweeps(n *ast.RangeStmt, swept map[*ast.CallExpr]bool) {
	walked := dataflow.Key(x.info, n.X)
	ast.Inspect(n.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && walked != nil && x.deleted(call) == walked {
			swept[call] = true
		}
		return true
	})
}

// assigned records an assignment to a field or package variable.
func (x *Index) assigned(fn *funcs.Func, l, r ast.Expr, added dataflow.Objects) {
	k, ok := dataflow.Key(x.info, l).(*types.Var)
	if !ok || dataflow.LocalVar(k) != nil {
		return
	}
	x.grows[k] = true
	ix, ok := ast.Unparen(l).(*ast.IndexExpr)
	if ok && isMap(k.Type()) && (x.handedIn(fn, ix.Index) || x.handedIn(fn, r)) {
		added[k] = true
	}
}

// handedIn reports whether e comes from a parameter of fn that is to be closed
// one day: a connection, a session, a subscription.
func (x *Index) handedIn(fn *funcs.Func, e ast.Expr) bool {
	for v := range x.flows.Of(fn).From(dataflow.Mentioned(x.info, e)) {
		if dataflow.IsParam(fn, v) && closes(v.Type()) {
			return true
		}
	}
	return false
}

// closes reports whether t has a method Close. What takes connections itself, a listener
// or a server, has one too, but there are as many as are configured.
func closes(t types.Type) bool {
	return hasMethod(t, "Close") && !hasMethod(t, "Serve") && !hasMethod(t, "ListenAndServe") && !hasMethod(t, "Accept")
}

func hasMethod(t types.Type, name string) bool {
	o, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := o.(*types.Func)
	return ok
}

func isMap(t types.Type) bool {
	_, ok := t.Underlying().(*types.Map)
	return ok
}
