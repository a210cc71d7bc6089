package timing

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

func TestCollected(t *testing.T) {
	for _, tt := range []struct {
		name, version, src string
		want               bool
	}{
		{"new", "go1.23", "package p", true},
		{"old", "go1.22.5", "package p", false},
		{"asked for the old ones", "go1.26", "//go:debug asynctimerchan=1\npackage main", false},
		{"asked for the new ones", "go1.20", "//go:debug asynctimerchan=0\npackage main", true},
		{"asked for the defaults of old", "go1.26", "//go:debug default=go1.21\npackage main", false},
	} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "p.go", tt.src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		conf := types.Config{GoVersion: tt.version}
		pkg, err := conf.Check("example.com/p", fset, []*ast.File{f}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := Collected(&analysis.Pass{Files: []*ast.File{f}, Pkg: pkg}); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}

func TestConstant(t *testing.T) {
	const src = `package p

import "time"

const second = time.Second

var (
	a = 2 * second
	b = time.Duration(len("abc")) * time.Millisecond
	c = a
	d = 1500 * time.Microsecond / 1000
)
`
	p := passtest.Load(t, src)
	want := map[string]time.Duration{"a": 2 * time.Second, "b": 3 * time.Millisecond, "d": 1500 * time.Nanosecond}
	for cur := range p.Root.Preorder((*ast.ValueSpec)(nil)) {
		spec := cur.Node().(*ast.ValueSpec)
		name := spec.Names[0].Name
		d, known := want[name]
		if name == "second" {
			d, known = time.Second, true
		}
		if got, ok := Constant(p.TypesInfo, spec.Values[0]); got != d || ok != known {
			t.Errorf("%s: %v, %t, want %v, %t", name, got, ok, d, known)
		}
	}
}
