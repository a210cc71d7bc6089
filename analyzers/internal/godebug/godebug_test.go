package godebug_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/godebug"
)

func Test(t *testing.T) {
	for _, tt := range []struct {
		name, version, src string
		new                bool
		setting            string
	}{
		{"new", "go1.23", "package p", true, ""},
		{"old", "go1.22.5", "package p", false, ""},
		{"standard library", "", "package p", true, ""},
		{"a setting", "go1.26", "//go:debug asynctimerchan=1\npackage main", true, "1"},
		{"the defaults of an older one", "go1.26", "//go:debug default=go1.21\npackage main", false, ""},
		{"those of a newer one", "go1.20", "//go:debug default=go1.24\n//go:debug asynctimerchan=0\npackage main", true, "0"},
		{"not in a library", "go1.26", "//go:debug asynctimerchan=1\npackage p", true, ""},
		{"not below the package clause", "go1.26", "package main\n\n//go:debug default=go1.20\n", true, ""},
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
		pass := &analysis.Pass{Files: []*ast.File{f}, Pkg: pkg}
		if got := godebug.AtLeast(pass, "go1.23"); got != tt.new {
			t.Errorf("%s: defaults of go1.23: %t, want %t", tt.name, got, tt.new)
		}
		if got, _ := godebug.Setting(pass, "asynctimerchan"); got != tt.setting {
			t.Errorf("%s: asynctimerchan is %q, want %q", tt.name, got, tt.setting)
		}
	}
}
