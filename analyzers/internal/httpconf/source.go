package httpconf

import (
	"go/ast"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
)

// source returns where result i of e comes from.
func (b *builder) source(e ast.Expr, i int) origin {
	switch e := ast.Unparen(e).(type) {
	case *ast.StarExpr:
		if k := KindOf(b.info.TypeOf(e)); k != 0 {
			return b.copied(e, e.X, k)
		}
		return b.source(e.X, i)
	case *ast.TypeAssertExpr:
		if i > 0 {
			return origin{}
		}
		return b.source(e.X, 0)
	case *ast.UnaryExpr:
		return b.source(e.X, i)
	case *ast.CompositeLit:
		t := b.info.TypeOf(e)
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		if k := KindOf(t); k != 0 {
			return origin{values: []*Value{b.value(e, k)}}
		}
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		if tv := b.info.Types[e]; tv.IsNil() {
			return origin{}
		}
		return b.variable(e)
	case *ast.CallExpr:
		return b.result(e, i)
	}
	return origin{open: true}
}

// variable returns what a variable or field holds.
func (b *builder) variable(e ast.Expr) origin {
	key := dataflow.Key(b.info, e)
	v, ok := key.(*types.Var)
	if !ok {
		return origin{open: true}
	}
	o := origin{nodes: []node{{v: v}}}
	if v.Pkg() != b.pass.Pkg && v.Pkg() != nil {
		o.values, o.open = b.foreign(v, e)
	}
	return o
}

// foreign returns what a variable or field of another package holds.
func (b *builder) foreign(v *types.Var, e ast.Expr) (list []*Value, open bool) {
	if v.IsField() {
		// A field of what is followed, as Client.Transport, holds what it is given here.
		return nil, true
	}
	if sharedNames[v.Pkg().Path()+"."+v.Name()] {
		return []*Value{b.common(v.Name(), e)}, false
	}
	var h holds
	if !b.pass.ImportObjectFact(v, &h) {
		return nil, true
	}
	w := b.imported(e, h.Value, v.Pkg().Path()+"."+v.Name())
	return []*Value{w}, false
}

// common returns one of the shared values of net/http.
func (b *builder) common(name string, e ast.Expr) *Value {
	v := b.shared[name]
	if v != nil {
		return v
	}
	v = &Value{Kind: Client, Expr: e, Default: true}
	if name == "DefaultTransport" {
		v.Kind = Transport
		v.fields = make(map[string]Field)
		for _, d := range defaults {
			v.fields[d.name] = d.field
		}
	}
	b.shared[name] = v
	return v
}

// result returns where result i of a call comes from.
func (b *builder) result(e *ast.CallExpr, i int) origin {
	fun := ast.Unparen(e.Fun)
	if tv := b.info.Types[fun]; tv.IsType() && len(e.Args) == 1 {
		return b.source(e.Args[0], 0)
	}
	if id, ok := fun.(*ast.Ident); ok && b.info.Types[fun].IsBuiltin() {
		return b.builtin(id.Name, e)
	}
	call := b.funcs.Call(e)
	if call == nil {
		return origin{open: true}
	}
	if f := b.callee(call); f != nil {
		return origin{nodes: []node{{fn: f, i: i}}}
	}
	if call.Func == nil || call.Dynamic {
		return origin{open: true}
	}
	if call.FullName() == "(*net/http.Transport).Clone" {
		return b.copied(e, fun.(*ast.SelectorExpr).X, Transport)
	}
	var h handles
	if b.pass.ImportObjectFact(call.Func, &h) {
		for _, r := range h.Results {
			if r.Index == i {
				return origin{values: []*Value{b.imported(e, r.Value, call.FullName())}}
			}
		}
	}
	return origin{open: true}
}

// copied returns the copy that e makes of what of points to: it begins with the same
// fields.
func (b *builder) copied(e, of ast.Expr, k Kind) origin {
	v := b.made[e]
	if v == nil {
		v = b.value(e, k)
		v.base = b.source(of, 0)
	}
	return origin{values: []*Value{v}}
}

func (b *builder) builtin(name string, e *ast.CallExpr) origin {
	switch name {
	case "new":
		if k := KindOf(b.info.TypeOf(e)); k != 0 {
			return origin{values: []*Value{b.value(e, k)}}
		}
	case "append":
		var all origin
		for _, a := range e.Args[1:] {
			o := b.source(a, 0)
			all.nodes, all.values, all.open = append(all.nodes, o.nodes...), append(all.values, o.values...), all.open || o.open
		}
		return all
	}
	return origin{open: true}
}
