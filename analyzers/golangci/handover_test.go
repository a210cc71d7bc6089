package golangci

import (
	"go/types"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"
)

// Whoever calls into a package that it does not import is told if there are no facts
// of it; whoever calls what it imports is not.
func TestHandover(t *testing.T) {
	conf := &packages.Config{Mode: packages.LoadAllSyntax, Dir: filepath.Join("testdata", "module")}
	pkgs, err := packages.Load(conf, "./...")
	if err != nil || packages.PrintErrors(pkgs) > 0 {
		t.Fatalf("loading the module: %v", err)
	}
	const told = "app: not checked: calls into example.com/module/deep, of which golangci-lint handed on no facts: use golangci-lint 2.13 or later, or lagvet check"
	for _, tt := range []struct {
		name string
		has  func(of, by *types.Package) bool // whether the facts of one package are handed to another
		want []string
	}{
		{"all", func(_, _ *types.Package) bool { return true }, nil},
		{"those of imported packages", func(of, by *types.Package) bool { return slices.Contains(by.Imports(), of) }, []string{told}},
	} {
		var got []string
		for _, p := range pkgs {
			exported := false
			pass := &analysis.Pass{
				Analyzer: handover, Fset: p.Fset, Files: p.Syntax, Pkg: p.Types, TypesInfo: p.TypesInfo,
				ImportPackageFact: func(of *types.Package, _ analysis.Fact) bool { return tt.has(of, p.Types) },
				ExportPackageFact: func(analysis.Fact) { exported = true },
				Report:            func(d analysis.Diagnostic) { got = append(got, p.Name+": "+d.Message) },
			}
			if _, err := handedOn(pass); err != nil {
				t.Error(err)
			}
			if !exported {
				t.Errorf("%s: %s has no fact", tt.name, p.Name)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: told is %q, want %q", tt.name, got, tt.want)
		}
	}
}
