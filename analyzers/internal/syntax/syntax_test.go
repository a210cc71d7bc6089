package syntax_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

func TestWithoutTests(t *testing.T) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range []string{"a.go", "a_test.go", "test.go", "b_test.go"} {
		f, err := parser.ParseFile(fset, name, "package p", 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	res, err := syntax.Analyzer.Run(&analysis.Pass{Fset: fset, Files: files})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for f := range inspector.All[*ast.File](res.(*inspector.Inspector)) {
		got = append(got, fset.File(f.FileStart).Name())
	}
	if want := []string{"a.go", "test.go"}; !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
}

// The index that others go by is taken where it holds no tests.
func TestShared(t *testing.T) {
	fset := token.NewFileSet()
	parse := func(name string) *ast.File {
		f, err := parser.ParseFile(fset, name, "package p", 0)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	program, tests := parse("a.go"), parse("a_test.go")
	for _, tt := range []struct {
		files []*ast.File
		want  bool
	}{
		{[]*ast.File{program}, true},
		{[]*ast.File{program, tests}, false},
	} {
		all := inspector.New(tt.files)
		res, err := syntax.Analyzer.Run(&analysis.Pass{Fset: fset, Files: tt.files, ResultOf: map[*analysis.Analyzer]any{inspect.Analyzer: all}})
		if err != nil {
			t.Fatal(err)
		}
		if got := res == any(all); got != tt.want {
			t.Errorf("%d files: shared %t", len(tt.files), got)
		}
	}
}

// Every node is found where it is, whatever stands around it or begins with it.
func TestFind(t *testing.T) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, src := range []string{
		"package p\n\nimport \"fmt\"\n\nfunc f(a, b int) { x := (a); go func() { fmt.Println(x) }(); defer g() }\n\nfunc g()",
		"// Package p.\npackage p\n\ntype T[P any] struct{ P; _ []P }\n\n// M does.\nfunc (t *T[P]) M() (r P) { for range 3 { if true {} else {} }; return }",
	} {
		f, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	root := inspector.New(files).Root()
	n := 0
	for want := range root.Preorder() {
		if got, ok := syntax.Find(root, want.Node()); !ok || got != want {
			t.Errorf("%T at %v is not found", want.Node(), fset.Position(want.Node().Pos()))
		}
		n++
	}
	if n < 80 {
		t.Errorf("only %d nodes", n)
	}
	if _, ok := syntax.Find(root, new(ast.Ident)); ok {
		t.Error("a node of no file is found")
	}
}
