package syntax_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
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
