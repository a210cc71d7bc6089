package stw

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// answers reports whether what the place reads is written to the client, there
// or by those that called it: then the request was made for it.
func (c *checker) answers(f *funcs.Func, p witness.Place, root *hotpath.Root) bool {
	if p.Call == nil {
		return false
	}
	if strings.HasPrefix(p.Func, "(*runtime/pprof.Profile)") && c.toClient(f, p.Call) {
		return true
	}
	call, read := p.Call, c.filled(f, p.Call)
	for i := len(root.Via); ; i-- {
		if c.written(f, call, read) {
			return true
		}
		if !c.returned(f, call, read) {
			return false
		}
		if i == 0 {
			return root.Detail == "gRPC method" // what it returns is the answer
		}
		step := root.Via[i-1]
		if f = c.Funcs.At(step.Pos); f == nil {
			return false
		}
		j := slices.IndexFunc(f.Out, func(k *funcs.Call) bool { return k.Site.Pos() == step.Pos })
		if j < 0 {
			return false
		}
		call = f.Out[j].Site
		read = c.results(f, call)
	}
}

// hands reports whether the place hands the client's answer to what it calls.
func (c *checker) hands(f *funcs.Func, p witness.Place) bool {
	return p.Call != nil && p.Effects[0].Chain.Next != nil && c.toClient(f, p.Call)
}

// toClient reports whether the call has to do with what the client is answered
// by, or with what is made of that: json.NewEncoder(w).
func (c *checker) toClient(f *funcs.Func, call *ast.CallExpr) bool {
	fl := c.flows.Of(f)
	for v := range dataflow.Mentioned(c.TypesInfo, call) {
		if client(v.Type()) || slices.ContainsFunc(fl.Defs[v], func(d dataflow.Def) bool { return c.around(d.RHS) }) {
			return true
		}
	}
	return false
}

// around reports whether e is a call that is given what the client is answered by.
func (c *checker) around(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && slices.ContainsFunc(call.Args, func(a ast.Expr) bool { return client(c.TypesInfo.TypeOf(a)) })
}

// client reports whether values of type t are what a handler answers by.
func client(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return false
	}
	switch n.Obj().Name() {
	case "ResponseWriter":
		return n.Obj().Pkg().Path() == "net/http"
	case "RequestCtx", "Ctx":
		return true
	case "Context":
		return n.Obj().Pkg().Path() != "context"
	}
	return false
}

// filled returns the variables that the call fills in, or whose value it returns.
func (c *checker) filled(f *funcs.Func, call *ast.CallExpr) dataflow.Vars {
	vars := c.results(f, call)
	for _, a := range call.Args {
		if u, ok := ast.Unparen(a).(*ast.UnaryExpr); ok && u.Op == token.AND {
			a = u.X
		}
		if id, ok := dataflow.Base(a).(*ast.Ident); ok {
			if v := dataflow.LocalVar(c.TypesInfo.ObjectOf(id)); v != nil && !client(v.Type()) {
				vars[v] = true
			}
		}
	}
	return vars
}

// results returns the variables that hold what the call returns.
func (c *checker) results(f *funcs.Func, call *ast.CallExpr) dataflow.Vars {
	vars := make(dataflow.Vars)
	for v, defs := range c.flows.Of(f).Defs {
		if types.Identical(v.Type(), types.Universe.Lookup("error").Type()) {
			continue
		}
		for _, d := range defs {
			if d.RHS.Pos() <= call.Pos() && call.End() <= d.RHS.End() {
				vars[v] = true
			}
		}
	}
	return vars
}

// written reports whether a call in f writes to the client what was read.
func (c *checker) written(f *funcs.Func, read *ast.CallExpr, vars dataflow.Vars) bool {
	fl := c.flows.Of(f)
	return slices.ContainsFunc(f.Out, func(k *funcs.Call) bool {
		if k.Site == read || setsHeader(k.Site) {
			return false
		}
		holds := k.Site.Pos() <= read.Pos() && read.End() <= k.Site.End()
		return (holds || c.depends(fl, k.Site, vars)) && c.toClient(f, k.Site)
	})
}

// setsHeader reports whether the call is w.Header().Set and the like: a header
// is an aside, not what was asked for.
func setsHeader(call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	of, ok := ast.Unparen(sel.X).(*ast.CallExpr)
	if !ok {
		return false
	}
	name, ok := ast.Unparen(of.Fun).(*ast.SelectorExpr)
	return ok && name.Sel.Name == "Header"
}

// returned reports whether f returns what was read.
func (c *checker) returned(f *funcs.Func, read *ast.CallExpr, vars dataflow.Vars) (found bool) {
	fl := c.flows.Of(f)
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			holds := n.Pos() <= read.Pos() && read.End() <= n.End()
			found = found || holds || c.depends(fl, n, vars)
		}
		return !found
	})
	return found
}

func (c *checker) depends(fl *dataflow.Flow, n ast.Node, vars dataflow.Vars) bool {
	for v := range fl.From(dataflow.Mentioned(c.TypesInfo, n)) {
		if vars[v] {
			return true
		}
	}
	return false
}
