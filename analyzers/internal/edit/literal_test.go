package edit_test

import (
	"go/ast"
	"go/format"
	"go/token"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/edit"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

func TestField(t *testing.T) {
	l := passtest.NewLoader()
	for name, c := range map[string]struct{ src, want string }{
		"empty":          {"var v = t{}", "var v = t{B: 2}"},
		"one line":       {"var v = t{A: 1}", "var v = t{A: 1, B: 2}"},
		"several":        {"var v = t{\n\tA: 1,\n}", "var v = t{\n\tA: 1,\n\tB: 2,\n}"},
		"deeper":         {"func f() {\n\t_ = t{\n\t\tA: 1, // one\n\t}\n}", "func f() {\n\t_ = t{\n\t\tA: 1, // one\n\t\tB: 2,\n\t}\n}"},
		"brace on line":  {"var v = t{\n\tA: 1}", "var v = t{\n\tA: 1, B: 2}"},
		"without keys":   {"var v = t{1, 2}", ""},
		"lines, no keys": {"var v = t{\n\t1,\n\t2,\n}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			src := "package p\n\ntype t struct{ A, B int }\n\n" + c.src + "\n"
			p := l.Load(t, src)
			var lit *ast.CompositeLit
			for cur := range p.Root.Preorder((*ast.CompositeLit)(nil)) {
				lit = cur.Node().(*ast.CompositeLit)
			}
			e, ok := edit.Field(p.Fset, lit, "B: 2")
			if ok != (c.want != "") {
				t.Fatalf("%s\nhas an edit: %v", c.src, ok)
			}
			if !ok {
				return
			}
			if got, want := apply(t, p.Fset, src, e), "package p\n\ntype t struct{ A, B int }\n\n"+c.want+"\n"; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestImport(t *testing.T) {
	l := passtest.NewLoader()
	for name, c := range map[string]struct{ src, want string }{
		"imported":  {"package p\n\nimport (\n\t\"time\"\n)\n\nvar _ time.Time\n", "package p\n\nimport (\n\t\"time\"\n)\n\nvar _ time.Time\n"},
		"last":      {"package p\n\nimport (\n\t\"os\"\n)\n\nvar _ os.File\n", "package p\n\nimport (\n\t\"os\"\n\t\"time\"\n)\n\nvar _ os.File\n"},
		"first":     {"package p\n\nimport (\n\t\"unsafe\"\n)\n\nvar _ unsafe.Pointer\n", "package p\n\nimport (\n\t\"time\"\n\t\"unsafe\"\n)\n\nvar _ unsafe.Pointer\n"},
		"renamed":   {"package p\n\nimport (\n\tclock \"time\"\n)\n\nvar _ clock.Time\n", ""},
		"taken":     {"package p\n\nimport (\n\t\"os\"\n)\n\nvar time os.File\n", ""},
		"one alone": {"package p\n\nimport \"os\"\n\nvar _ os.File\n", "package p\n\nimport \"os\"\nimport \"time\"\n\nvar _ os.File\n"},
		"none":      {"package p\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := l.Load(t, c.src)
			es, ok := edit.Import(p.Fset, p.Pkg, p.Files[0], "time")
			if ok != (c.want != "") {
				t.Fatalf("%s\nhas an edit: %v", c.src, ok)
			}
			if ok {
				if got := apply(t, p.Fset, c.src, es...); got != c.want {
					t.Errorf("got\n%s\nwant\n%s", got, c.want)
				}
			}
		})
	}
}

// apply returns src with the edits, formatted.
func apply(t *testing.T, fset *token.FileSet, src string, es ...analysis.TextEdit) string {
	t.Helper()
	slices.SortFunc(es, func(a, b analysis.TextEdit) int { return int(b.Pos - a.Pos) })
	for _, e := range es {
		from, to := fset.Position(e.Pos).Offset, fset.Position(e.End).Offset
		src = src[:from] + string(e.NewText) + src[to:]
	}
	out, err := format.Source([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
