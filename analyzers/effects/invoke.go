package effects

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// invoke returns what a call of an interface method may call.
func (x *inference) invoke(f *function, c *ssa.CallCommon) []*target {
	found := x.originsOf(c.Value)
	ts := x.methodTargets(f, found, c.Method, c.Value.Type(), c.Args, c)
	if !found.open {
		return ts
	}
	t := x.contract(c.Method, c.Value.Type(), c.Value)
	if t.sum != opUnknown {
		return []*target{t}
	}
	if impls := x.implementations(c.Value.Type(), c.Method, c.Args, c); len(impls) > 0 {
		return impls
	}
	return append(append(ts, t), x.callbacks(c.Args)...)
}

// methodTargets turns the origins of an interface value into targets.
func (x *inference) methodTargets(f *function, found *origins, m *types.Func, iface types.Type, args []ssa.Value, c *ssa.CallCommon) []*target {
	var ts []*target
	for _, o := range found.list {
		switch {
		case o.typ != nil:
			if t := x.method(o.typ, o.val, m, args, c); t != nil {
				ts = append(ts, t)
			}
		case o.param != nil:
			ts = append(ts, x.passedMethod(f, o.param, m, iface, args, c)...)
		default:
			found.open = true
		}
	}
	return ts
}

// passedMethod returns the targets of calling a method of a parameter: see passed.
func (x *inference) passedMethod(f *function, p *ssa.Parameter, m *types.Func, iface types.Type, args []ssa.Value, c *ssa.CallCommon) []*target {
	if _, ok := types.Unalias(p.Type()).(*types.TypeParam); ok {
		if ts := x.implementations(p.Type(), m, args, c); len(ts) > 0 {
			return ts
		}
	}
	k := &givenKey{param: p, method: m.Id()}
	if !within(f.ssa, p.Parent()) {
		if found := x.callersPass(p); !found.open {
			return x.methodTargets(f, found, m, iface, args, c)
		}
		k.call = c
	}
	t := x.contract(m, iface, nil)
	if x.tables.settled[tableName(t.label)] == nil {
		if k.call == nil || c != nil {
			t = &target{given: k, open: t.sum.Kinds(), label: t.label}
		}
	}
	return append([]*target{t}, x.callbacks(args)...)
}

// method returns the target that is the method of type t which implements m, or
// nil if there is none: then no value of that type can be here.
func (x *inference) method(t types.Type, recv ssa.Value, m *types.Func, args []ssa.Value, c *ssa.CallCommon) *target {
	sel := x.msets.MethodSet(t).Lookup(m.Pkg(), m.Name())
	if sel == nil {
		return nil
	}
	obj, ok := sel.Obj().(*types.Func)
	if !ok {
		return nil
	}
	obj = obj.Origin()
	if len(sel.Index()) > 1 { // of a part of the value
		recv = nil
	}
	if r := obj.Signature().Recv(); r != nil && types.IsInterface(r.Type()) {
		return x.embedded(obj, t, sel, args, c)
	}
	return x.declared(obj, append([]ssa.Value{recv}, args...), c)
}

// embedded returns the target that is a method which a struct has from an
// interface that it embeds.
func (x *inference) embedded(m *types.Func, t types.Type, sel *types.Selection, args []ssa.Value, c *ssa.CallCommon) *target {
	path := sel.Index()
	for _, i := range path[:len(path)-1] {
		f, owner := fieldOf(t, i)
		if f == nil {
			return x.contract(m, m.Signature().Recv().Type(), nil)
		}
		if t = f.Type(); types.IsInterface(t) {
			tr := x.newTracer()
			tr.field(f, owner2type(owner, t), 0)
			if found := tr.found; !found.open && len(found.list) == 1 && found.list[0].typ != nil {
				if got := x.method(found.list[0].typ, nil, m, args, c); got != nil {
					return got
				}
			}
			return x.contract(m, t, nil)
		}
	}
	return x.contract(m, m.Signature().Recv().Type(), nil)
}

// owner2type returns the type that has the name, or t if it has none.
func owner2type(owner *types.TypeName, t types.Type) types.Type {
	if owner == nil {
		return t
	}
	return owner.Type()
}

// contract returns the target that is an interface method of which only its
// declared meaning is known, opUnknown if it has none.
func (x *inference) contract(m *types.Func, iface types.Type, v ssa.Value) *target {
	t := &target{sum: opUnknown, label: modules.WithoutVariant(m.FullName())}
	if n, ok := types.Unalias(iface).(*types.Named); ok && n.Obj().Pkg() != nil {
		name := "(" + tableName(n.Obj().Pkg().Path()+"."+n.Obj().Name()) + ")." + m.Name()
		if s := x.tables.contracts[name]; s != nil {
			t.sum, t.label = s, name
			return t
		}
	}
	m = m.Origin()
	name := tableName(m.FullName())
	if s := x.tables.contracts[name]; s != nil {
		t.sum = s
		return t
	}
	if s := x.directed[m]; s != nil {
		t.sum = s
		return t
	}
	if set, ok := x.assumed[name]; ok {
		t.sum = stated(set, "assumed by the configuration")
		return t
	}
	if m.Pkg() != nil && m.Pkg() != x.pass.Pkg {
		if s := x.imported(m); s != nil {
			t.sum = s
		}
	}
	return t
}

// implementations returns what a call of a method of type t can reach if all
// types that t stands for are known: t is an interface that only this package
// can implement, or a type parameter whose constraint lists its types.
func (x *inference) implementations(t types.Type, m *types.Func, args []ssa.Value, c *ssa.CallCommon) []*target {
	var ts []*target
	for _, t := range x.typesOf(t) {
		if got := x.method(t, nil, m, args, c); got != nil {
			ts = append(ts, got)
		}
	}
	return ts
}

func (x *inference) typesOf(t types.Type) []types.Type {
	found, ok := x.standsFor[t]
	if !ok {
		found = x.findTypes(t)
		x.standsFor[t] = found
	}
	return found
}

func (x *inference) findTypes(t types.Type) []types.Type {
	if p, ok := types.Unalias(t).(*types.TypeParam); ok {
		return listed(p.Constraint(), 0)
	}
	iface, ok := t.Underlying().(*types.Interface)
	if !ok || !x.private(t) && !x.sealed(iface) {
		return nil
	}
	var found []types.Type
	for _, t := range x.concreteTypes() {
		if !types.Implements(t, iface) {
			if t = types.NewPointer(t); !types.Implements(t, iface) {
				continue
			}
		}
		found = append(found, t)
	}
	return found
}

// sealed reports whether an interface has a method that only this package can
// implement.
func (x *inference) sealed(iface *types.Interface) bool {
	for m := range iface.Methods() {
		if !m.Exported() && m.Pkg() == x.pass.Pkg {
			return true
		}
	}
	return false
}

// listed returns the types that a constraint lists, if it lists types that have
// methods of their own.
func listed(constraint types.Type, depth int) []types.Type {
	iface, ok := constraint.Underlying().(*types.Interface)
	if !ok || depth > 4 {
		return nil
	}
	var found []types.Type
	for t := range iface.EmbeddedTypes() {
		u, ok := t.(*types.Union)
		if !ok {
			found = append(found, listed(t, depth+1)...)
			continue
		}
		for term := range u.Terms() {
			if term.Tilde() || types.IsInterface(term.Type()) {
				return nil
			}
			found = append(found, term.Type())
		}
	}
	return found
}

// concreteTypes returns the named types of the package that are no interfaces
// and not generic, in the order of their names.
func (x *inference) concreteTypes() []types.Type {
	if x.named != nil {
		return x.named
	}
	x.named = []types.Type{}
	scope := x.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || types.IsInterface(tn.Type()) {
			continue
		}
		if n, ok := tn.Type().(*types.Named); ok && n.TypeParams().Len() == 0 && (n.NumMethods() > 0 || hasEmbedded(n)) {
			x.named = append(x.named, n)
		}
	}
	return x.named
}

func hasEmbedded(n *types.Named) bool {
	st, ok := n.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		if f.Embedded() {
			return true
		}
	}
	return false
}
