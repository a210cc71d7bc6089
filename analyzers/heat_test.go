package analyzers_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/lagvet/lagvet/analyzers"
)

func TestHeat(t *testing.T) {
	conf := &packages.Config{Mode: packages.LoadAllSyntax, Dir: filepath.Join("testdata", "heat"), Tests: true}
	pkgs, err := packages.Load(conf, ".")
	if err != nil || packages.PrintErrors(pkgs) > 0 {
		t.Fatalf("loading the fixture: %v", err)
	}
	pkgs = slices.DeleteFunc(pkgs, func(p *packages.Package) bool { return p.ID != "example.com/heat [example.com/heat.test]" })
	graph, err := checker.Analyze([]*analysis.Analyzer{analyzers.Heat}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(graph.Roots) != 1 || len(graph.Roots[0].Diagnostics) != 1 {
		t.Fatalf("not one diagnostic of one package: %v", graph.Roots)
	}
	fs, err := analyzers.DecodeHeat(graph.Roots[0].Diagnostics[0].Category)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range fs {
		s := f.Func
		if f.Hot != nil {
			s += fmt.Sprintf(" hot by %s, %d steps", f.Hot.Source, len(f.Hot.Via))
		}
		if f.Root != nil {
			s += fmt.Sprintf(" for %s, %d steps", f.Root.Detail, len(f.Root.Via))
		}
		got = append(got, s)
	}
	want := []string{
		"(*example.com/heat.engine).match hot by directive, 0 steps",
		"(*example.com/heat.engine).best hot by directive, 1 steps",
		"example.com/heat.serve for HTTP handler, 0 steps",
		"example.com/heat.answer for HTTP handler, 1 steps",
		"example.com/heat.idle",
		"example.com/heat.init",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if base := filepath.Base(fs[0].Posn); base != "heat.go:8:18" {
		t.Errorf("match stands at %s", base)
	}
	if posn := filepath.Base(fs[1].Hot.Via[0].Posn); posn != "heat.go:8:44" {
		t.Errorf("best is called at %s", posn)
	}
	if _, err := analyzers.DecodeHeat("{"); err == nil {
		t.Error("broken text was decoded")
	}
}
