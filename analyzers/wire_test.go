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

// report runs every rule over the packages of a module under testdata and
// returns what is reported under the rule's name, as "tier file:line message".
func report(t *testing.T, module, rule string) []string {
	t.Helper()
	conf := &packages.Config{Mode: packages.LoadAllSyntax, Dir: filepath.Join("testdata", module)}
	pkgs, err := packages.Load(conf, "./...")
	if err != nil || packages.PrintErrors(pkgs) > 0 {
		t.Fatalf("loading %s: %v", module, err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{analyzers.Findings}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Fatal(act.Err)
		}
		for _, d := range act.Diagnostics {
			a, err := analyzers.Decode(d.Category)
			if err != nil {
				t.Fatal(err)
			}
			if a.Rule == rule {
				p := act.Package.Fset.Position(d.Pos)
				out = append(out, fmt.Sprintf("%s %s:%d %s", a.Tier, filepath.Base(p.Filename), p.Line, d.Message))
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestDirectives(t *testing.T) {
	want := []string{
		"likely p.go:5 allow ctxless silences nothing here; remove it",
		"likely p.go:24 allow hotdefer silences nothing here; remove it",
		"likely p.go:9 allow gounbounded silences nothing here; remove it",
		"likely p.go:9 allow tickerleak silences nothing here; remove it",
		`proven p.go:10 //lagvet:allow names the rule "ctxles", which there is not: it silences nothing; did you mean ctxless?`,
		"likely assumed.go:11 //lagvet:assume none is contradicted by the code, which sleeps (time.Sleep): whatever calls it is judged by what is not so",
		"suspected assumed.go:14 //lagvet:assume none is contradicted by the code, which sleeps (time.Sleep): whatever calls it is judged by what is not so",
		"suspected assumed.go:21 //lagvet:assume none is contradicted by the code, which waits for a file system (syscall.Stat): whatever calls it is judged by what is not so",
		"likely assumed.go:47 //lagvet:assume none is contradicted by the code, which sleeps (time.Sleep): whatever calls it is judged by what is not so",
		"proven p.go:11 //lagvet:alow is not a directive; did you mean allow?",
		"proven p.go:12 //lagvet:allow overrules the analysis and must say why: write //lagvet:allow ctxless -- why",
	}
	slices.Sort(want)
	if got := report(t, "directives", analyzers.DirectiveRule); !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}
