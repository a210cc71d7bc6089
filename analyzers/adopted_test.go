package analyzers_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/lagvet/lagvet/analyzers"
)

// No host that runs analyzers itself gets one that it has from others: they are in none
// that All or Notices need, and have no package for nogo.
func TestAdoptedStandApart(t *testing.T) {
	all := closure(t)
	packages := exporters(t)
	for _, r := range analyzers.Adopted() {
		if all[r.Name] != nil {
			t.Errorf("hosts get %s", r.Name)
		}
		if slices.Contains(packages, r.Name) {
			t.Errorf("there is a package %s", r.Name)
		}
		for _, a := range all {
			if slices.Contains(a.Requires, r.Analyzer) {
				t.Errorf("%s requires %s", a.Name, r.Name)
			}
		}
	}
	if slices.Contains(packages, "adopted") {
		t.Error("package adopted exports an Analyzer, which nogo would run")
	}
	if err := analysis.Validate([]*analysis.Analyzer{analyzers.Findings}); err != nil {
		t.Error(err)
	}
}

// The catalogue has each rule once, and the rules of a group together.
func TestCatalogue(t *testing.T) {
	names := make(map[string]bool)
	groups := make(map[string]bool)
	group := ""
	for _, r := range analyzers.Catalogue() {
		if names[r.Name] {
			t.Errorf("%s is there twice", r.Name)
		}
		names[r.Name] = true
		if g := string(r.Group); g != group {
			if groups[g] {
				t.Errorf("the rules of group %s are apart", g)
			}
			groups[g], group = true, g
		}
	}
	if want := len(analyzers.All()) + len(analyzers.Adopted()); len(names) != want {
		t.Errorf("there are %d rules, want %d", len(names), want)
	}
}

// One fault, one finding: at each line no more than one rule speaks whose finding
// nobody else's takes the place of.
func TestOneFinding(t *testing.T) {
	conf := &packages.Config{Mode: packages.LoadAllSyntax, Dir: filepath.Join("testdata", "adopted")}
	pkgs, err := packages.Load(conf, "./...")
	if err != nil || packages.PrintErrors(pkgs) > 0 {
		t.Fatalf("loading: %v", err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{analyzers.Findings}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range graph.Roots[0].Diagnostics {
		a, err := analyzers.Decode(d.Category)
		if err != nil {
			t.Fatal(err)
		}
		if a.Rule == analyzers.UncheckedRule || a.Tier == "suspected" && a.Yields == "" {
			continue
		}
		text := fmt.Sprintf("%03d %s", pkgs[0].Fset.Position(d.Pos).Line, a.Rule)
		switch {
		case a.Yields != "":
			text += " yields to " + a.Yields
		case a.Allowed != nil:
			text += " is allowed"
		}
		got = append(got, text)
	}
	slices.Sort(got)
	want := []string{
		"024 hotdefer",
		"031 SA6000 yields to initperreq",
		"031 initperreq",
		"042 SA2003",
		"046 copylocks",
		"052 SA2001 is allowed",
		"055 directive",
		"059 lostcancel",
		"069 lostcancel",
		"074 unusedresult",
		"081 waitgroup",
		"091 SA2003",
		"095 SA5002 yields to sleeppoll",
		"095 sleeppoll",
		"100 SA5002 yields to sleeppoll",
		"100 sleeppoll",
		"105 httptimeout",
		"106 httpresponse",
		"118 SA6002",
		"123 SA6002",
		"128 SA6001",
		"134 sigchanyzer",
		"142 defers",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}
