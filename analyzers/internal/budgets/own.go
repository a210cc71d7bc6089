package budgets

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// Own returns what f itself, and what it calls, gives the context or request e: the walk
// back ends at the parameters of f, and Inherits tells whether it came to one. Who walks
// down the calls of a whole program joins what each function gives.
func (x *Index) Own(f *funcs.Func, e ast.Expr) Budget {
	q := &question{Index: x, own: true}
	if isRequest(x.info.TypeOf(e)) {
		return q.request(e, &frame{f: f})
	}
	return q.context(e, &frame{f: f})
}

// given is the budget of what a caller gives.
func given(pos token.Pos) Budget {
	return Budget{State: Unseen, Pos: pos, Why: "comes from the caller", Inherits: true}
}

// inherits reports whether a context among the arguments of a call is bounded by what
// the function is given.
func (q *question) inherits(e *ast.CallExpr, fr *frame) bool {
	for _, a := range e.Args {
		if t := q.info.TypeOf(a); contexts.Is(t) && q.context(a, fr).Inherits || isRequest(t) && q.request(a, fr).Inherits {
			return true
		}
	}
	return false
}

// carried reports whether e asks a parameter for the context, or the request, that it
// carries: the context of a router, the stream of a remote call. The types of the module
// itself may keep a context of another life.
func (q *question) carried(e ast.Expr) bool {
	for {
		switch n := ast.Unparen(e).(type) {
		case *ast.CallExpr:
			if len(n.Args) > 0 {
				return false
			}
			e = n.Fun
		case *ast.SelectorExpr:
			e = n.X
		case *ast.Ident:
			v, ok := q.info.Uses[n].(*types.Var)
			return ok && foreign(q, v) && values.IsParam(q.funcs.At(v.Pos()), v)
		default:
			return false
		}
	}
}

// foreign reports whether the type of v is one of another module.
func foreign(q *question, v *types.Var) bool {
	t := types.Unalias(v.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return false
	}
	return isRequest(v.Type()) || !modules.Ours(q.pass, n.Obj().Pkg()) || embeds(n, "Context")
}

// embeds reports whether the method of that name is promoted from an embedded interface,
// as of the streams that are generated for remote calls.
func embeds(n *types.Named, method string) bool {
	obj, index, _ := types.LookupFieldOrMethod(n, true, n.Obj().Pkg(), method)
	fn, ok := obj.(*types.Func)
	return ok && len(index) > 0 && fn.Pkg() != n.Obj().Pkg()
}
