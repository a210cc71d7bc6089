package effects

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestFixtures compares what is inferred with the comments at the end of the
// first line of functions:
//
//	// effects: alloc(proven) cold lock unknown?
//
// where "cold" stands before what happens on a cold branch only, and a question
// mark behind what the function does in calling what its caller gave it.
func TestFixtures(t *testing.T) {
	dir, err := filepath.Abs("testdata/fixtures")
	if err != nil {
		t.Fatal(err)
	}
	found := vetted(t, dir, "./...")
	checked := 0
	for name, want := range expectations(t, dir) {
		s := found[name]
		if s == nil {
			t.Errorf("%s: nothing was said of it", name)
			continue
		}
		checked++
		if got := summarised(s); got != want {
			t.Errorf("%s: got effects: %s, want %s\n%s", name, got, want, describe(s))
		}
	}
	if checked < 150 {
		t.Errorf("only %d functions were compared", checked)
	}
}

// summarised prints effects as the comments have them.
func summarised(s *Summary) string {
	var words []string
	for _, e := range s.All() {
		w := e.Kind.String()
		if e.Kind == Alloc {
			w += "(" + e.Certainty.String() + ")"
		}
		if e.ByCaller {
			w += "?"
		}
		if e.Cold {
			w = "cold " + w
		}
		words = append(words, w)
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, " ")
}

// expectations reads the comments of all packages in dir, by the names of the
// functions.
func expectations(t *testing.T, dir string) map[string]string {
	t.Helper()
	want := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		byLine := make(map[int]string)
		for _, g := range f.Comments {
			for _, c := range g.List {
				if text, ok := strings.CutPrefix(c.Text, "// effects: "); ok {
					byLine[fset.Position(c.Pos()).Line] = text
				}
			}
		}
		rel, err := filepath.Rel(dir, filepath.Dir(path))
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			text, ok := byLine[fset.Position(fn.Pos()).Line]
			if !ok {
				return fmt.Errorf("%s: no expectation for %s", fset.Position(fn.Pos()), fn.Name.Name)
			}
			want[nameOf("example.com/fixtures/"+filepath.ToSlash(rel), fn)] = text
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// nameOf returns the name that types.Func.FullName prints.
func nameOf(path string, fn *ast.FuncDecl) string {
	if fn.Name.Name == "init" {
		return path + ".init#1"
	}
	if fn.Recv == nil {
		return path + "." + fn.Name.Name
	}
	star, t := "", fn.Recv.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		star, t = "*", p.X
	}
	params := ""
	if x, ok := t.(*ast.IndexExpr); ok {
		t, params = x.X, "["+x.Index.(*ast.Ident).Name+"]"
	}
	return fmt.Sprintf("(%s%s.%s%s).%s", star, path, t.(*ast.Ident).Name, params, fn.Name.Name)
}
