package funcs_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

type pkg struct {
	*funcs.Index
	fset  *token.FileSet
	files []*ast.File
	types *types.Package
}

// load indexes a package of the given files, handed over in that order.
func load(t *testing.T, fset *token.FileSet, files ...*ast.File) *pkg {
	t.Helper()
	info := &types.Info{
		Types:      make(map[ast.Expr]types.TypeAndValue),
		Defs:       make(map[*ast.Ident]types.Object),
		Uses:       make(map[*ast.Ident]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
		Instances:  make(map[*ast.Ident]types.Instance),
	}
	conf := types.Config{Importer: importer.Default()}
	tpkg, err := conf.Check("example.com/p", fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	pass := &analysis.Pass{Fset: fset, Files: files, Pkg: tpkg, TypesInfo: info, ResultOf: make(map[*analysis.Analyzer]any)}
	for _, a := range []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer} {
		if pass.ResultOf[a], err = a.Run(pass); err != nil {
			t.Fatal(err)
		}
	}
	return &pkg{pass.ResultOf[funcs.Analyzer].(*funcs.Index), fset, files, tpkg}
}

func parse(t *testing.T, fset *token.FileSet, name, src string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func loadSource(t *testing.T, src string) *pkg {
	t.Helper()
	fset := token.NewFileSet()
	return load(t, fset, parse(t, fset, "p.go", "package p\n"+src))
}

// name says which function f is: its name, or the line of the literal.
func (p *pkg) name(f *funcs.Func) string {
	switch {
	case f == nil:
		return "?"
	case f.Obj != nil:
		return f.Obj.Name()
	}
	return fmt.Sprintf("lit%d", p.fset.Position(f.Node.Pos()).Line)
}

// TestUse checks what becomes of the one literal, and what calls it.
func TestUse(t *testing.T) {
	for _, tt := range []struct {
		src  string
		want funcs.Use
		in   string // the callers of the literal
	}{
		{"func f() { func() {}() }", funcs.Called, "f"},
		{"func f() { (func() {})() }", funcs.Called, "f"},
		{"func f() { go func() {}() }", funcs.Spawned, "f"},
		{"func f() { defer func() {}() }", funcs.Deferred, "f"},
		{"func f(g func(func())) { g(func() {}) }", funcs.Passed, ""},
		{"func f() { v := func() {}; v(); go v() }", funcs.Assigned, "f f"},
		{"func f() { var v = func() {}; v() }", funcs.Assigned, "f"},
		{"func f() { var v func(); v = func() { v() }; v() }", funcs.Assigned, "lit2 f"},
		{"var v = func() {}\nfunc f() { v() }", funcs.Assigned, "f"},
		{"var V = func() {}\nfunc f() { V() }", funcs.Elsewhere, ""},
		{"func f(g func()) { v := func() {}; v = g; v() }", funcs.Elsewhere, ""},
		{"func f(g func()) { v := func() {}; p := &v; *p = g; v() }", funcs.Elsewhere, ""},
		{"func f(gs []func()) { v := func() {}; for _, v = range gs {}; v() }", funcs.Elsewhere, ""},
		{"func f(v func()) { if v == nil { v = func() {} }; v() }", funcs.Elsewhere, ""},
		{"func f() func() { return func() {} }", funcs.Elsewhere, ""},
		{"type t struct{ v func() }\nfunc f(x t) { x.v = func() {}; x.v() }", funcs.Elsewhere, ""},
		{"type t struct{ v func() }\nfunc f() { x := t{v: func() {}}; x.v() }", funcs.Elsewhere, ""},
	} {
		t.Run(tt.src, func(t *testing.T) {
			p := loadSource(t, tt.src)
			i := slices.IndexFunc(p.Funcs, func(f *funcs.Func) bool { return f.Obj == nil })
			lit := p.Funcs[i]
			var in []string
			for _, c := range lit.In {
				in = append(in, p.name(c.Caller))
			}
			if lit.Use != tt.want || strings.Join(in, " ") != tt.in {
				t.Errorf("use %d called by %q, want %d by %q", lit.Use, in, tt.want, tt.in)
			}
			if (lit.UseCall != nil) != slices.Contains([]funcs.Use{funcs.Called, funcs.Spawned, funcs.Deferred, funcs.Passed}, lit.Use) {
				t.Errorf("UseCall is %v", lit.UseCall)
			}
		})
	}
}

// TestCalls checks the calls of f: their mode, what is called, and whether the body is known.
func TestCalls(t *testing.T) {
	const decls = `
import "sort"
type T struct{}
func (T) V() {}
func (*T) P() {}
type E struct{ T }
type I interface{ M() }
type G[X any] struct{}
func (G[X]) M() {}
func gen[X any](X) {}
func plain() {}
`
	for _, tt := range []struct{ body, want string }{
		{"plain()", "plain=plain"},
		{"go plain()", "go plain=plain"},
		{"defer plain()", "defer plain=plain"},
		{"var t T; t.V(); t.P(); (&t).V()", "V=V P=P V=V"},
		{"T.V(T{}); (*T).P(nil)", "V=V P=P"},
		{"var e E; e.V()", "V=V"},
		{"var i I; i.M()", "dynamic M=?"},
		{"var g G[int]; g.M()", "M=M"},
		{"gen(1); gen[int](1)", "gen=gen gen=gen"},
		{"sort.Ints(nil)", "Ints=?"},
		{"_ = len(\"\"); _ = int64(1); panic(0)", ""},
		{"var v func(); v()", "=?"},
		{"func() { plain() }()", "=lit15"},
		{"v := (*T)(nil).P; v()", "=?"},
	} {
		t.Run(tt.body, func(t *testing.T) {
			p := loadSource(t, decls+"var _ = sort.Ints\nfunc f() {\n"+tt.body+"\n}")
			f := p.Declared(p.types.Scope().Lookup("f").(*types.Func))
			var got []string
			for _, c := range f.Out {
				s := "=" + p.name(c.Callee)
				if c.Func != nil {
					s = c.Func.Name() + s
				}
				if c.Dynamic {
					s = "dynamic " + s
				}
				s = []string{"", "go ", "defer "}[c.Mode] + s
				got = append(got, s)
				if p.Call(c.Site) != c || c.Caller != f {
					t.Errorf("call %s is not found by its site or has another caller", s)
				}
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("calls %q, want %q", s, tt.want)
			}
		})
	}
}

func TestInits(t *testing.T) {
	p := loadSource(t, "var a = b()\nfunc b() int { return 0 }\nvar c = func() int { return b() }")
	if len(p.Inits) != 1 || p.name(p.Inits[0].Callee) != "b" || p.Inits[0].Caller != nil {
		t.Errorf("calls in initialisers: %v", p.Inits)
	}
	lit := p.Funcs[slices.IndexFunc(p.Funcs, func(f *funcs.Func) bool { return f.Obj == nil })]
	if lit.Outermost() != lit || lit.Name(p.types) != "example.com/p.init" {
		t.Errorf("a literal of an initialiser is named %s", lit.Name(p.types))
	}
}

// TestAt asks for the function at each marked offset, in files that the driver
// parsed in another order than it hands them over in.
func TestAt(t *testing.T) {
	srcs := map[string]string{
		"a.go": "package p\nvar a = func() { /*lit2*/ }\n/*?*/\nfunc b(/*b*/) {\n\tfunc() {\n\t\t_ = func() { /*lit6*/ }\n\t\t/*lit5*/\n\t}()\n\t/*b*/\n}\n/*?*/",
		"c.go": "package p\n/*?*/\nfunc (T) m() { /*m*/ }\n\ntype T int /*?*/",
		"d.go": "/*?*/ package p\n",
	}
	for _, order := range [][]string{{"a.go", "c.go", "d.go"}, {"d.go", "a.go", "c.go"}, {"c.go", "d.go", "a.go"}} {
		fset := token.NewFileSet()
		files := make(map[string]*ast.File)
		for _, name := range order {
			files[name] = parse(t, fset, name, srcs[name])
		}
		p := load(t, fset, files["a.go"], files["c.go"], files["d.go"])
		for name, src := range srcs {
			rest, base := src, 0
			for {
				i := strings.Index(rest, "/*")
				if i < 0 {
					break
				}
				want, _, _ := strings.Cut(rest[i+2:], "*/")
				pos := fset.File(files[name].FileStart).Pos(base + i)
				if got := p.name(p.At(pos)); got != want {
					t.Errorf("parsed as %v: at %s:%d stands %s, want %s", order, name, base+i, got, want)
				}
				base, rest = base+i+2, rest[i+2:]
			}
		}
	}
	if p := loadSource(t, "func f() {}"); p.At(token.NoPos) != nil {
		t.Error("no position lies in a function")
	}
}
