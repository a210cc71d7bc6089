package effects

import (
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// exports lists what a package that imports this one may call: the exported
// functions, the exported methods of every type, and the methods of the types of
// other packages that its API leads to, which the importer may call without
// importing them.
func (x *inference) exports() []entry {
	r := &reacher{x: x, seen: make(map[types.Type]bool), found: make(map[key]*Summary)}
	scope := x.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		switch obj := obj.(type) {
		case *types.Func:
			if obj.Exported() {
				r.found[keyOf(obj)] = x.summaryOf(obj)
				r.visit(obj.Type())
			}
		case *types.TypeName:
			r.visit(obj.Type()) // methods of unexported ones are called through exported functions
			if s := x.boundTypes[obj]; s != nil {
				r.found[key{modules.WithoutVariant(x.pass.Pkg.Path()), obj.Name() + "()"}] = s
			}
		default:
			if obj.Exported() {
				r.visit(obj.Type())
			}
		}
	}
	es := make([]entry, 0, len(r.found))
	for k, s := range r.found {
		if s != missing {
			es = append(es, entry{k, s})
		}
	}
	for _, f := range x.byObj {
		if k := keyOf(f.obj); r.found[k] == f.summary {
			es = append(es, f.variants(k)...)
		}
	}
	sortEntries(es)
	return es
}

// summaryOf returns the summary of a function of this package or another.
func (x *inference) summaryOf(fn *types.Func) *Summary {
	if f := x.byObj[fn]; f != nil && f.summary != nil {
		return f.summary
	}
	return x.external(fn)
}

// A reacher walks the types that an importer can get hold of.
type reacher struct {
	x     *inference
	seen  map[types.Type]bool
	found map[key]*Summary
}

func (r *reacher) visit(t types.Type) {
	if t == nil || r.seen[t] {
		return
	}
	r.seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		r.visit(types.Unalias(t))
	case *types.Named:
		r.named(t)
	case *types.Pointer:
		r.visit(t.Elem())
	case *types.Slice:
		r.visit(t.Elem())
	case *types.Array:
		r.visit(t.Elem())
	case *types.Chan:
		r.visit(t.Elem())
	case *types.Map:
		r.visit(t.Key())
		r.visit(t.Elem())
	case *types.Signature:
		r.tuple(t.Params())
		r.tuple(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() || f.Embedded() {
				r.visit(f.Type())
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			if m.Exported() {
				r.visit(m.Type())
			}
		}
	}
}

func (r *reacher) tuple(t *types.Tuple) {
	for v := range t.Variables() {
		r.visit(v.Type())
	}
}

// named adds the exported methods of a type. Those of a package that every
// caller must import to name the type are found there all the same: the caller
// may never name it.
func (r *reacher) named(n *types.Named) {
	for arg := range n.TypeArgs().Types() {
		r.visit(arg)
	}
	n = n.Origin()
	r.seen[n] = true
	pkg := n.Obj().Pkg()
	if pkg == nil {
		return
	}
	own := pkg == r.x.pass.Pkg
	if types.IsInterface(n) {
		r.contracts(n)
	}
	for m := range n.Methods() {
		if !m.Exported() {
			continue
		}
		r.method(m, own)
	}
	r.visit(n.Underlying())
}

func (r *reacher) method(m *types.Func, own bool) {
	m = m.Origin()
	k := keyOf(m)
	if own {
		r.found[k] = r.x.summaryOf(m)
	} else if isRuntime(k.pkg) {
		return
	} else if s := r.x.imported(m); s != nil {
		r.found[k] = s
	}
	r.visit(m.Type())
}

// contracts adds the methods of an interface of which a directive says something.
func (r *reacher) contracts(n *types.Named) {
	iface, ok := n.Underlying().(*types.Interface)
	if !ok {
		return
	}
	for m := range iface.ExplicitMethods() {
		if s := r.x.directed[m.Origin()]; s != nil {
			r.found[keyOf(m)] = s
		} else if m.Pkg() != r.x.pass.Pkg && m.Pkg() != nil {
			if s := r.x.imported(m); s != nil {
				r.found[keyOf(m)] = s
			}
		}
	}
}
