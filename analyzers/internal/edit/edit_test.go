package edit_test

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/edit"
)

// What is put after a statement leaves the file as gofmt has it, the comment
// behind the statement where it was.
func TestAfter(t *testing.T) {
	const decl = "package p\n\nfunc f() {\n"
	for _, tt := range []struct{ body, want string }{
		{"\ta()\n", "\ta()\n\tb()\n"},
		{"\ta() // first\n\tc()\n", "\ta() // first\n\tb()\n\tc()\n"},
		{"\tif x {\n\t\ty()\n\t} // last\n", "\tif x {\n\t\ty()\n\t} // last\n\tb()\n"},
	} {
		fset := token.NewFileSet()
		src := decl + tt.body + "}\n"
		f, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		stmt := f.Decls[0].(*ast.FuncDecl).Body.List[0]
		e := edit.After(fset, f, stmt, "b()")
		at := fset.Position(e.Pos).Offset
		got := src[:at] + string(e.NewText) + src[fset.Position(e.End).Offset:]
		if want := decl + tt.want + "}\n"; got != want {
			t.Errorf("%q became %q", tt.body, got)
		}
		if b, err := format.Source([]byte(got)); err != nil || string(b) != got {
			t.Errorf("%q is not as gofmt has it (%v)", got, err)
		}
	}
}
