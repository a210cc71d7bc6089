package passtest

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// A Package is what a test looks at.
type Package struct {
	*analysis.Pass
	Root  inspector.Cursor
	Funcs *funcs.Index
}

// Load type-checks src, the text of a package, and runs the analyzers on it.
// There are no facts of other packages, and those of this one are dropped.
func Load(t *testing.T, src string, analyzers ...*analysis.Analyzer) *Package {
	t.Helper()
	return NewLoader().Load(t, src, analyzers...)
}

// A Loader loads packages one after the other, and what they import once: that is
// most of the work for a test of many cases.
type Loader struct {
	fset    *token.FileSet
	imports types.Importer
}

// NewLoader returns a loader that has imported nothing yet.
func NewLoader() *Loader {
	fset := token.NewFileSet()
	return &Loader{fset, importer.ForCompiler(fset, "gc", nil)}
}

// Load does what the function does.
func (l *Loader) Load(t *testing.T, src string, analyzers ...*analysis.Analyzer) *Package {
	t.Helper()
	fset := l.fset
	f, err := parser.ParseFile(fset, "p.go", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	files := []*ast.File{f}
	info := &types.Info{
		Types:      make(map[ast.Expr]types.TypeAndValue),
		Defs:       make(map[*ast.Ident]types.Object),
		Uses:       make(map[*ast.Ident]types.Object),
		Implicits:  make(map[ast.Node]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
	}
	conf := &types.Config{Importer: l.imports}
	pkg, err := conf.Check("example.com/p", fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	in := inspector.New(files)
	pass := &analysis.Pass{
		Fset: fset, Files: files, Pkg: pkg, TypesInfo: info,
		ResultOf:         map[*analysis.Analyzer]any{syntax.Analyzer: in},
		ImportObjectFact: func(types.Object, analysis.Fact) bool { return false },
		ExportObjectFact: func(types.Object, analysis.Fact) {},
	}
	for _, a := range append([]*analysis.Analyzer{funcs.Analyzer}, analyzers...) {
		if pass.ResultOf[a], err = a.Run(pass); err != nil {
			t.Fatal(err)
		}
	}
	return &Package{pass, in.Root(), pass.ResultOf[funcs.Analyzer].(*funcs.Index)}
}

// Func returns the function of that name, "T.m" for a method.
func (p *Package) Func(t *testing.T, name string) *funcs.Func {
	t.Helper()
	recv, method, ok := strings.Cut(name, ".")
	var obj types.Object
	if ok {
		obj, _, _ = types.LookupFieldOrMethod(p.Pkg.Scope().Lookup(recv).Type(), true, p.Pkg, method)
	} else {
		obj = p.Pkg.Scope().Lookup(name)
	}
	fn, ok := obj.(*types.Func)
	if !ok {
		t.Fatalf("no function %s", name)
	}
	return p.Funcs.Declared(fn)
}

// Call returns the first call of the function called name within fn.
func (p *Package) Call(t *testing.T, fn *funcs.Func, name string) inspector.Cursor {
	t.Helper()
	in, _ := p.Root.FindNode(fn.Node)
	for cur := range in.Preorder((*ast.CallExpr)(nil)) {
		if id, ok := cur.Node().(*ast.CallExpr).Fun.(*ast.Ident); ok && id.Name == name {
			return cur
		}
	}
	t.Fatalf("%s does not call %s", fn.Name(p.Pkg), name)
	return inspector.Cursor{}
}
