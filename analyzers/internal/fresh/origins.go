package fresh

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// A set is an assignment that replaces what a variable held before.
type set struct {
	end token.Pos
	rhs ast.Expr
}

// An origin is all that a context may come from.
type origin struct {
	bases   []ast.Expr // what makes one from nothing: a call, or a variable of the package or a field that holds nothing else
	params  map[*types.Var]bool
	other   bool // a field, a request, what cannot be told
	bounded bool // a deadline was put on it on the way
}

// fresh reports whether the context is made from nothing, whatever the way.
func (o *origin) fresh() bool { return len(o.bases) > 0 && len(o.params) == 0 && !o.other }

// origins returns what the context e comes from.
func (x *Index) origins(e ast.Expr) *origin {
	o := &origin{params: make(map[*types.Var]bool)}
	x.trace(e, o, make(map[ast.Expr]bool))
	return o
}

func (x *Index) trace(e ast.Expr, o *origin, seen map[ast.Expr]bool) {
	if seen[e] {
		return
	}
	seen[e] = true
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := x.pass.TypesInfo.ObjectOf(e).(*types.Var); ok && x.funcs.At(v.Pos()) != nil {
			x.variable(v, e.Pos(), o, seen)
			return
		}
		if x.holdsFresh(e) {
			o.bases = append(o.bases, e)
			return
		}
	case *ast.SelectorExpr:
		if x.holdsFresh(e) {
			o.bases = append(o.bases, e)
			return
		}
	case *ast.CallExpr:
		x.call(e, o, seen)
		return
	}
	o.other = true
}

// holdsFresh reports whether e is a variable of the package, or a field, that is only
// ever given contexts which are made from nothing and which nobody can end.
func (x *Index) holdsFresh(e ast.Expr) bool {
	v := x.values.Variable(e)
	if v == nil || v.Pkg() != x.pass.Pkg || v.Exported() || !contexts.Is(v.Type()) {
		return false
	}
	given, _ := x.values.Given(v)
	for _, g := range given {
		call, ok := ast.Unparen(g).(*ast.CallExpr)
		if !ok {
			return false
		}
		if !contexts.Background(values.Callee(x.pass.TypesInfo, call)) {
			return false
		}
	}
	return len(given) > 0
}

// variable adds what v may hold at pos.
func (x *Index) variable(v *types.Var, pos token.Pos, o *origin, seen map[ast.Expr]bool) {
	given, all := x.values.Given(v)
	param := values.IsParam(x.funcs.At(v.Pos()), v)
	from := token.NoPos
	for _, s := range x.sets[v] {
		if s.end <= pos {
			from = s.rhs.Pos()
		}
	}
	if from == token.NoPos && param {
		o.params[v] = true
	}
	if !param && (!all || len(given) == 0) {
		o.other = true
	}
	for _, g := range given {
		if g.Pos() >= from {
			x.trace(g, o, seen)
		}
	}
}

// call adds what the context that site returns comes from.
func (x *Index) call(site *ast.CallExpr, o *origin, seen map[ast.Expr]bool) {
	switch values.Callee(x.pass.TypesInfo, site) {
	case "context.Background", "context.TODO":
		o.bases = append(o.bases, site)
		return
	case "context.WithTimeout", "context.WithDeadline", "context.WithTimeoutCause", "context.WithDeadlineCause":
		o.bounded = true
	case "context.WithoutCancel", "os/signal.NotifyContext":
		o.other = true // somebody meant it, or may end it
		return
	}
	for _, a := range site.Args {
		if contexts.Is(x.pass.TypesInfo.TypeOf(a)) {
			x.trace(a, o, seen)
			return
		}
	}
	if m := x.makerOf(site); m != nil {
		o.bases = append(o.bases, site)
		o.bounded = o.bounded || m.bounded
		return
	}
	o.other = true
}

// derives reports whether site returns a context made from one that it is given.
func (x *Index) derives(site *ast.CallExpr) bool {
	switch t := x.pass.TypesInfo.TypeOf(site).(type) {
	case *types.Tuple:
		for v := range t.Variables() {
			if contexts.Is(v.Type()) {
				return true
			}
		}
	case nil:
	default:
		return contexts.Is(t)
	}
	return false
}

// made is a context that a function makes from nothing and returns.
type made struct{ bounded bool }

// makerOf returns what the function that site calls makes, or nil.
func (x *Index) makerOf(site *ast.CallExpr) *made {
	call := x.funcs.Call(site)
	switch {
	case call == nil || call.Dynamic:
	case call.Callee != nil:
		return x.made(call.Callee)
	case call.Func != nil && modules.Ours(x.pass, call.Func.Pkg()):
		var s Summary
		if x.pass.ImportObjectFact(call.Func, &s) && s.Makes {
			return &made{s.Bound}
		}
	}
	return nil
}

// made returns the context that f makes from nothing and returns, whichever way
// it returns; nil if it takes one or may return another.
func (x *Index) made(f *funcs.Func) *made {
	if m, ok := x.makes[f]; ok {
		return m
	}
	x.makes[f] = nil // while it is being found out
	i := -1
	for j := range f.Sig.Results().Len() {
		if contexts.Is(f.Sig.Results().At(j).Type()) {
			i = j
		}
	}
	if i < 0 || contexts.Passed(f.Sig) {
		return nil
	}
	m, n := &made{bounded: true}, 0
	ok := true
	ast.Inspect(f.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			n++
			ok = ok && x.returnsFresh(f, node, i, m)
		}
		return ok
	})
	if !ok || n == 0 {
		return nil
	}
	x.makes[f] = m
	return m
}

// returnsFresh reports whether r returns a fresh context as result i of f.
func (x *Index) returnsFresh(f *funcs.Func, r *ast.ReturnStmt, i int, m *made) bool {
	var e ast.Expr
	switch {
	case len(r.Results) == f.Sig.Results().Len():
		e = r.Results[i]
	case len(r.Results) == 1:
		e = r.Results[0]
	default:
		return false
	}
	o := x.origins(e)
	m.bounded = m.bounded && o.bounded
	return o.fresh()
}
