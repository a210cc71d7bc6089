package values_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

const source = `package p

type box struct{ run func(); N *point }
type point struct{ X, Y int }
type list[T any] struct{ first *T }

func a() {}
func b() {}
func generic[T any]() {}

var (
	once   = a
	twice  = a
	Public = a
	named  func()
	chain  = once
	inst   = generic[int]
	origin = &point{X: 1}
	plain  = point{Y: 2}
)

func init() { twice = b }

func f(param func(), c chan *point) (result *point) {
	local := box{run: b}
	_ = local
	var zero *point
	for _, ranged := range []*point{} {
		_ = ranged
	}
	l := list[point]{first: origin}
	_ = l
	_, _ = zero, named
	x, y := pair()
	_, _ = x, y
	return
}

func pair() (*point, *point) { return origin, nil }
`

const stub = `package p

import "testing"

func Stub(*testing.T) { once = b }
`

func TestFunction(t *testing.T) {
	p := load(t)
	for name, want := range map[string]string{
		"once":   "a",
		"chain":  "a",
		"inst":   "generic",
		"run":    "b",
		"twice":  "", // given two
		"Public": "", // an importer may set it
		"named":  "", // given none
		"param":  "",
	} {
		got := ""
		if fn := p.Function(p.ident(t, name)); fn != nil {
			got = fn.Name()
		}
		if got != want {
			t.Errorf("%s holds function %q, want %q", name, got, want)
		}
	}
}

func TestGiven(t *testing.T) {
	p := load(t)
	for name, want := range map[string]struct {
		n   int
		all bool
	}{
		"once":   {1, true}, // what the stub gives it does not count
		"twice":  {2, true},
		"zero":   {0, true},
		"result": {0, true},
		"ranged": {0, false},
		"x":      {1, true},
		"first":  {1, true},
		"X":      {1, true},
	} {
		given, all := p.Given(p.Variable(p.ident(t, name)))
		if len(given) != want.n || all != want.all {
			t.Errorf("%s is given %d expressions, all of them: %v; want %d, %v", name, len(given), all, want.n, want.all)
		}
	}
}

func TestLiteral(t *testing.T) {
	p := load(t)
	for name, field := range map[string]string{"origin": "X", "plain": "Y"} {
		lit := p.Literal(p.ident(t, name))
		if lit == nil || values.Element(lit, field) == nil {
			t.Errorf("%s is not seen to be made with its field %s", name, field)
		}
		if lit != nil && values.Element(lit, "Z") != nil {
			t.Errorf("%s has a field Z", name)
		}
	}
	if lit := p.Literal(p.ident(t, "zero")); lit != nil {
		t.Errorf("zero is made by %v", lit)
	}
}

func TestSettable(t *testing.T) {
	p := load(t)
	for name, want := range map[string]bool{"once": false, "Public": true, "param": true, "run": false, "N": true, "zero": false} {
		if got := p.Settable(p.Variable(p.ident(t, name))); got != want {
			t.Errorf("%s may be set elsewhere: %v, want %v", name, got, want)
		}
	}
}

func TestInTest(t *testing.T) {
	p := load(t)
	for i, want := range []bool{false, true} {
		if got := p.InTest(p.files[i].Name.Pos()); got != want {
			t.Errorf("file %d serves tests: %v, want %v", i, got, want)
		}
	}
}

type pkg struct {
	*values.Index
	files []*ast.File
}

// ident returns the identifier that declares name.
func (p *pkg) ident(t *testing.T, name string) (found *ast.Ident) {
	t.Helper()
	ast.Inspect(p.files[0], func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name && found == nil {
			found = id
		}
		return found == nil
	})
	if found == nil {
		t.Fatalf("no %s", name)
	}
	return found
}

func load(t *testing.T) *pkg {
	t.Helper()
	fset := token.NewFileSet()
	files := []*ast.File{parse(t, fset, "p.go", source), parse(t, fset, "stub.go", stub)}
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
	for _, a := range []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer, values.Analyzer} {
		if pass.ResultOf[a], err = a.Run(pass); err != nil {
			t.Fatal(err)
		}
	}
	return &pkg{pass.ResultOf[values.Analyzer].(*values.Index), files}
}

func parse(t *testing.T, fset *token.FileSet, name, src string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
