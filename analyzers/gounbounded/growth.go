package gounbounded

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
func (f *finder) findGrowth() {
	added, removed := make(dataflow.Objects), make(dataflow.Objects)
	for _, fn := range f.Funcs.Funcs {
		if fn.Obj != nil && fn.Obj.Name() == "init" || f.InTest(fn.Node.Pos()) {
			continue
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					f.assigned(fn, l, n.Rhs[min(i, len(n.Rhs)-1)], added)
				}
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "delete" && len(n.Args) == 2 {
					if k := dataflow.Key(f.TypesInfo, n.Args[0]); k != nil {
						removed[k] = true
					}
				}
			}
			return true
		})
	}
	for k := range added {
		if removed[k] {
			f.sessions[k] = true
		}
	}
}

// assigned records an assignment to a field or package variable.
func (f *finder) assigned(fn *funcs.Func, l, r ast.Expr, added dataflow.Objects) {
	k, ok := dataflow.Key(f.TypesInfo, l).(*types.Var)
	if !ok || dataflow.LocalVar(k) != nil {
		return
	}
	f.grows[k] = true
	x, ok := ast.Unparen(l).(*ast.IndexExpr)
	if ok && isMap(k.Type()) && (f.handedIn(fn, x.Index) || f.handedIn(fn, r)) {
		added[k] = true
	}
}

// handedIn reports whether e comes from a parameter of fn that is to be closed
// one day: a connection, a session, a subscription.
func (f *finder) handedIn(fn *funcs.Func, e ast.Expr) bool {
	for v := range f.flows.Of(fn).From(dataflow.Mentioned(f.TypesInfo, e)) {
		if isParam(fn, v) && !isContext(v.Type()) && hasMethods(v.Type(), "Close") {
			return true
		}
	}
	return false
}
