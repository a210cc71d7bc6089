package hotpath

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// A Contract is a directive that binds a function: that of its own doc comment,
// that of an interface method which it implements, or that of a func type which
// it is converted to. The carrier of the latter two may be in another package.
type Contract struct {
	Kind directive.Kind // Hot, NonBlocking, NoAlloc or Root
	Said string         // "//lagvet:nonblocking on method Match of the interface at engine.go:86"
	Posn token.Position // of the directive
	// Directive is nil if it stands in another package.
	Directive *directive.Directive
}

// Bound is a fact about an interface method or a func type: what it asks of
// whoever implements it or is converted to it.
type Bound struct {
	Contracts []Asked
}

// Asked is one thing that is asked: see [Contract].
type Asked struct {
	Kind directive.Kind
	Said string
	Posn token.Position
}

// AFact marks a fact.
func (*Bound) AFact() {}

func (b *Bound) String() string {
	var kinds []string
	for _, a := range b.Contracts {
		kinds = append(kinds, string(a.Kind))
	}
	return "bound " + strings.Join(kinds, ",")
}

// binding reports whether directives of kind k bind functions, and on an
// interface method or func type those that implement it.
func binding(k directive.Kind) bool { return makesHot(k) || k == directive.Root }

func makesHot(k directive.Kind) bool {
	return k == directive.Hot || k == directive.NonBlocking || k == directive.NoAlloc
}

// carriers finds the interface methods and func types under contract, of this
// package and of those that it imports, and tells importers of its own.
func (b *builder) carriers() {
	b.carried = make(map[types.Object][]*Contract)
	for _, f := range b.pass.AllObjectFacts() {
		bound, ok := f.Fact.(*Bound)
		if !ok || f.Object.Pkg() == b.pass.Pkg {
			continue
		}
		for _, a := range bound.Contracts {
			b.carried[f.Object] = append(b.carried[f.Object], &Contract{Kind: a.Kind, Said: a.Said, Posn: a.Posn})
		}
	}
	for _, d := range b.dirs.All {
		if obj := b.carrier(d); obj != nil && binding(d.Kind) {
			b.carried[obj] = append(b.carried[obj], b.contract(d))
		}
	}
	for obj, cs := range b.carried {
		if obj.Pkg() != b.pass.Pkg {
			continue
		}
		bound := new(Bound)
		for _, c := range cs {
			bound.Contracts = append(bound.Contracts, Asked{c.Kind, c.Said, c.Posn})
		}
		b.pass.ExportObjectFact(obj, bound)
	}
}

// carrier returns the interface method or func type whose doc comment d is, or nil.
func (b *builder) carrier(d *directive.Directive) types.Object {
	switch decl := d.Decl.(type) {
	case *ast.Field:
		return b.pass.TypesInfo.Defs[decl.Names[0]]
	case *ast.TypeSpec:
		return b.pass.TypesInfo.Defs[decl.Name]
	}
	return nil
}

// contract names a directive and its place, and what carries it if that is not
// the function itself.
func (b *builder) contract(d *directive.Directive) *Contract {
	on := ""
	switch decl := d.Decl.(type) {
	case *ast.Field:
		on = " on method " + decl.Names[0].Name + " of the interface"
	case *ast.TypeSpec:
		on = " on type " + decl.Name.Name
	}
	p := b.pass.Fset.Position(d.Pos)
	return &Contract{
		Kind:      d.Kind,
		Said:      "//lagvet:" + string(d.Kind) + on + " at " + shortPlace(p),
		Posn:      p,
		Directive: d,
	}
}

// carriersOf returns the matching objects under contract in a fixed order: those
// of this package by position, then others by their place.
func (b *builder) carriersOf(match func(types.Object) bool) []types.Object {
	var objs []types.Object
	for obj := range b.carried {
		if match(obj) {
			objs = append(objs, obj)
		}
	}
	at := func(obj types.Object) token.Position { return b.carried[obj][0].Posn }
	slices.SortFunc(objs, func(a, c types.Object) int {
		if own := (a.Pkg() == b.pass.Pkg); own != (c.Pkg() == b.pass.Pkg) {
			if own {
				return -1
			}
			return 1
		}
		p, q := at(a), at(c)
		if p.Filename != q.Filename {
			return strings.Compare(p.Filename, q.Filename)
		}
		return p.Offset - q.Offset
	})
	return objs
}

func shortPlace(p token.Position) string {
	p.Filename, p.Column = filepath.Base(p.Filename), 0
	return p.String()
}

// A Conversion is where a function of another package comes under contract:
// there nobody who reads its declaration can know.
type Conversion struct {
	Pos, End token.Pos
	Func     *types.Func
	Contract *Contract
}

// foreign returns the declared function of another package that e names, or nil.
func (b *builder) foreign(e ast.Expr) *types.Func {
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	case *ast.CallExpr: // a conversion
		if len(e.Args) == 1 && b.pass.TypesInfo.Types[e.Fun].IsType() {
			return b.foreign(e.Args[0])
		}
	}
	if id == nil {
		return nil
	}
	fn, ok := b.pass.TypesInfo.Uses[id].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg() == b.pass.Pkg || isInterfaceMethod(fn) {
		return nil
	}
	return fn.Origin()
}

func isInterfaceMethod(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

// converted notes the methods of other packages that come under contract where
// value becomes one of the interface it. Those that are held to it where they
// are declared are left out.
func (b *builder) converted(value ast.Expr, it *types.Interface) {
	t := b.pass.TypesInfo.TypeOf(value)
	if t == nil || types.IsInterface(t) {
		return
	}
	for m := range it.Methods() {
		m = m.Origin()
		if len(b.carried[m]) == 0 {
			continue
		}
		obj, _, _ := types.LookupFieldOrMethod(t, true, m.Pkg(), m.Name())
		fn, ok := obj.(*types.Func)
		if !ok || fn.Pkg() == nil || fn.Pkg() == b.pass.Pkg || isInterfaceMethod(fn) || b.heldThere(fn.Pkg(), m.Pkg()) {
			continue
		}
		b.converts(value, fn.Origin(), m)
	}
}

// heldThere reports whether functions of pkg are held to contracts of the
// package carrier in their own package: it must know of them, and be of the
// module that is checked.
func (b *builder) heldThere(pkg, carrier *types.Package) bool {
	return modules.Ours(b.pass, pkg) && imports(pkg, carrier, make(map[*types.Package]bool))
}

// imports reports whether pkg is other, or imports it, at whatever remove.
func imports(pkg, other *types.Package, seen map[*types.Package]bool) bool {
	if pkg.Path() == other.Path() {
		return true
	}
	seen[pkg] = true
	for _, p := range pkg.Imports() {
		if !seen[p] && imports(p, other, seen) {
			return true
		}
	}
	return false
}

// converts notes that fn comes under the contracts of obj at value, once.
func (b *builder) converts(value ast.Expr, fn *types.Func, obj types.Object) {
	for _, c := range b.carried[obj] {
		if !slices.ContainsFunc(b.foreigners, func(o Conversion) bool { return o.Func == fn && o.Contract == c }) {
			b.foreigners = append(b.foreigners, Conversion{value.Pos(), value.End(), fn, c})
		}
	}
}
