package hotpath

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// bind finds what binds each function: the directives of its own doc comment,
// then those of interface methods and of func types.
func (b *builder) bind() {
	b.bound = make(map[*funcs.Func][]*Contract)
	for _, d := range b.dirs.All {
		if decl, ok := d.Decl.(*ast.FuncDecl); ok {
			if f := b.index.Of(decl); f != nil && binding(d.Kind) {
				b.bound[f] = append(b.bound[f], b.contract(d))
			}
		}
	}
	for _, m := range b.carriersOf(func(obj types.Object) bool { _, ok := obj.(*types.Func); return ok }) {
		b.implementations(m.(*types.Func))
	}
	b.conversions()
}

// implementations binds every method of this package that implements method,
// which is one of an interface under contract.
func (b *builder) implementations(method *types.Func) {
	recv := method.Signature().Recv().Type()
	scope := b.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || types.IsInterface(tn.Type()) || !implements(tn.Type(), recv) {
			continue
		}
		obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(tn.Type()), true, method.Pkg(), method.Name())
		if impl, ok := obj.(*types.Func); ok {
			if f := b.index.Declared(impl); f != nil {
				b.binds(f, method)
			}
		}
	}
}

// binds holds f to what obj, an interface method or a func type, asks for.
func (b *builder) binds(f *funcs.Func, obj types.Object) {
	for _, c := range b.carried[obj] {
		if !slices.Contains(b.bound[f], c) {
			b.bound[f] = append(b.bound[f], c)
		}
	}
}

// implements reports whether t or *t implements the interface type iface. If
// that is generic, methods are compared by their names and by the number of
// their parameters and results: which instance is meant cannot be told from
// the declarations.
func implements(t, iface types.Type) bool {
	it, ok := iface.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	if n, ok := types.Unalias(iface).(*types.Named); !ok || n.TypeParams().Len() == 0 {
		return types.Implements(types.NewPointer(t), it)
	}
	set := types.NewMethodSet(types.NewPointer(t))
	for m := range it.Methods() {
		sel := set.Lookup(m.Pkg(), m.Name())
		if sel == nil {
			return false
		}
		got, want := sel.Type().(*types.Signature), m.Signature()
		if got.Params().Len() != want.Params().Len() || got.Results().Len() != want.Results().Len() {
			return false
		}
	}
	return it.NumMethods() > 0
}

// conversions binds the functions and literals of this package that become
// values of func types under contract, and notes what of other packages
// becomes a value of such a type, or of an interface under contract.
func (b *builder) conversions() {
	if len(b.carried) == 0 {
		return
	}
	become := func(value ast.Expr, target types.Type) {
		n, ok := types.Unalias(target).(*types.Named)
		if !ok {
			return
		}
		if it, ok := n.Underlying().(*types.Interface); ok {
			b.converted(value, it)
			return
		}
		tn := n.Origin().Obj()
		if len(b.carried[tn]) == 0 {
			return
		}
		if f := b.denotes(value); f != nil {
			b.binds(f, tn)
		} else if fn := b.foreign(value); fn != nil {
			b.converts(value, fn, tn)
		}
	}
	for _, file := range b.pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			b.becomes(n, become)
			return true
		})
	}
}

// denotes returns the function of this package that e names or is, or nil.
func (b *builder) denotes(e ast.Expr) *funcs.Func {
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		return b.index.Of(e)
	case *ast.Ident:
		return b.declared(e)
	case *ast.SelectorExpr:
		return b.declared(e.Sel)
	case *ast.CallExpr: // a conversion
		if len(e.Args) == 1 && b.pass.TypesInfo.Types[e.Fun].IsType() {
			return b.denotes(e.Args[0])
		}
	case *ast.IndexExpr:
		return b.denotes(e.X)
	case *ast.IndexListExpr:
		return b.denotes(e.X)
	}
	return nil
}

func (b *builder) declared(id *ast.Ident) *funcs.Func {
	switch obj := b.pass.TypesInfo.Uses[id].(type) {
	case *types.Func:
		return b.index.Declared(obj)
	case *types.Var:
		return b.index.Assigned(obj)
	}
	return nil
}

// becomes calls yield for each expression that n makes a value of some type.
func (b *builder) becomes(n ast.Node, yield func(value ast.Expr, target types.Type)) {
	info := b.pass.TypesInfo
	switch n := n.(type) {
	case *ast.CallExpr:
		b.arguments(n, yield)
	case *ast.AssignStmt:
		if len(n.Lhs) == len(n.Rhs) {
			for i, r := range n.Rhs {
				yield(r, typeOf(info, n.Lhs[i]))
			}
		}
	case *ast.ValueSpec:
		for i, v := range n.Values {
			if len(n.Names) == len(n.Values) {
				yield(v, typeOf(info, n.Names[i]))
			}
		}
	case *ast.ReturnStmt:
		f := b.index.At(n.Pos())
		if f == nil || f.Sig == nil || f.Sig.Results().Len() != len(n.Results) {
			return
		}
		for i, r := range n.Results {
			yield(r, f.Sig.Results().At(i).Type())
		}
	case *ast.SendStmt:
		if ch, ok := typeOf(info, n.Chan).Underlying().(*types.Chan); ok {
			yield(n.Value, ch.Elem())
		}
	case *ast.CompositeLit:
		elements(info, n, yield)
	}
}

func (b *builder) arguments(call *ast.CallExpr, yield func(ast.Expr, types.Type)) {
	tv := b.pass.TypesInfo.Types[call.Fun]
	if tv.IsType() {
		if len(call.Args) == 1 {
			yield(call.Args[0], tv.Type)
		}
		return
	}
	sig, ok := typeOf(b.pass.TypesInfo, call.Fun).Underlying().(*types.Signature) // that of append, too
	if !ok {
		return
	}
	for i, a := range call.Args {
		last := sig.Params().Len() - 1
		switch {
		case sig.Variadic() && i >= last && !call.Ellipsis.IsValid():
			yield(a, sig.Params().At(last).Type().Underlying().(*types.Slice).Elem())
		case i <= last:
			yield(a, sig.Params().At(i).Type())
		}
	}
}

func elements(info *types.Info, lit *ast.CompositeLit, yield func(ast.Expr, types.Type)) {
	t := typeOf(info, lit).Underlying()
	if p, ok := t.(*types.Pointer); ok { // &T elided within a slice
		t = p.Elem().Underlying()
	}
	for i, e := range lit.Elts {
		value := e
		kv, keyed := e.(*ast.KeyValueExpr)
		if keyed {
			value = kv.Value
		}
		switch t := t.(type) {
		case *types.Struct:
			if keyed {
				yield(value, typeOf(info, kv.Key))
			} else if i < t.NumFields() {
				yield(value, t.Field(i).Type())
			}
		case *types.Slice:
			yield(value, t.Elem())
		case *types.Array:
			yield(value, t.Elem())
		case *types.Map:
			yield(value, t.Elem())
		}
	}
}

// typeOf returns the type of e, or the invalid type: the blank identifier has none.
func typeOf(info *types.Info, e ast.Expr) types.Type {
	if t := info.TypeOf(e); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}
