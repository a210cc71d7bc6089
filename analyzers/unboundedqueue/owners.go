package unboundedqueue

import (
	"go/ast"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
)

// lifetimes tells what lives as long as the process does, or its server.
type lifetimes struct {
	types map[*types.TypeName]bool
}

// lasting finds the types whose values last: those whose methods serve requests, those
// of package variables, and those of the fields of either. A type whose values are made
// for a request is none.
func (c *checker) lasting() *lifetimes {
	l := &lifetimes{make(map[*types.TypeName]bool)}
	for _, f := range c.Funcs.Funcs {
		if f.Obj == nil || f.Sig.Recv() == nil {
			continue
		}
		if root := c.Hotness.Root(f.Node); root != nil && len(root.Via) == 0 {
			l.add(f.Sig.Recv().Type())
		}
	}
	// A handler may be a literal that a method of its server returns.
	for _, f := range c.Funcs.Funcs {
		if root := c.Hotness.Root(f.Node); f.Obj == nil && root != nil && len(root.Via) == 0 {
			if top := f.Outermost(); top.Obj != nil && top.Sig.Recv() != nil {
				l.add(top.Sig.Recv().Type())
			}
		}
	}
	scope := c.Pkg.Scope()
	for _, name := range scope.Names() {
		if v, ok := scope.Lookup(name).(*types.Var); ok {
			l.add(v.Type())
		}
	}
	for cur := range c.root.Preorder((*ast.CompositeLit)(nil)) {
		lit := cur.Node().(*ast.CompositeLit)
		if n := named(c.TypesInfo.TypeOf(lit)); n != nil && c.Hotness.RootAt(lit.Pos()) != nil {
			delete(l.types, n.Obj())
			l.types[n.Obj()] = false
		}
	}
	l.spread(c.Pkg)
	return l
}

func (l *lifetimes) add(t types.Type) {
	if n := named(t); n != nil {
		l.types[n.Obj()] = true
	}
}

// spread adds the types of the fields of those that last.
func (l *lifetimes) spread(pkg *types.Package) {
	for more := true; more; {
		more = false
		for name, lasts := range l.types {
			st, ok := name.Type().Underlying().(*types.Struct)
			if !lasts || !ok {
				continue
			}
			for f := range st.Fields() {
				n := named(f.Type())
				if n == nil || n.Obj().Pkg() != pkg {
					continue
				}
				if _, known := l.types[n.Obj()]; !known {
					l.types[n.Obj()], more = true, true
				}
			}
		}
	}
}

// named returns the named type that t is, or points to.
func named(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	if n != nil {
		return n.Origin()
	}
	return nil
}

// holds reports whether the collection lasts: a package variable, a field of what
// lasts, or a local variable that a handler made outside of it captures.
func (l *lifetimes) holds(c *checker, v *types.Var, a add) bool {
	switch {
	case v.IsField():
		owner := ownerOf(c.Pkg, v)
		return owner != nil && l.types[owner] && !v.Exported()
	case v.Parent() == c.Pkg.Scope():
		return !v.Exported()
	}
	// A parameter belongs to the caller, and what the handler makes goes with it.
	f := c.Funcs.At(v.Pos())
	return f != nil && !dataflow.IsParam(f, v) && f != a.f && c.Hotness.RootAt(v.Pos()) == nil && a.f.Parent != nil
}

// owns reports whether v, in which another package's value is, lasts.
func (l *lifetimes) owns(c *checker, v *types.Var) bool {
	if v.IsField() {
		owner := ownerOf(c.Pkg, v)
		return owner != nil && l.types[owner]
	}
	return v.Pkg() == c.Pkg && v.Parent() == c.Pkg.Scope()
}

// ownerOf returns the struct type of the package that has the field.
func ownerOf(pkg *types.Package, v *types.Var) *types.TypeName {
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if st, ok := tn.Type().Underlying().(*types.Struct); ok && has(st, v) {
			return tn
		}
	}
	return nil
}

// has reports whether the struct has the field, in itself or in a struct without a name.
func has(st *types.Struct, v *types.Var) bool {
	for f := range st.Fields() {
		if f == v {
			return true
		}
		if inner, ok := f.Type().(*types.Struct); ok && has(inner, v) {
			return true
		}
	}
	return false
}
