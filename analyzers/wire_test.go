package analyzers_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/internal/policy"
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

// A rule that is off has nothing that it could not check.
func TestNoticesOfRulesThatAreOff(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/hot\n\ngo 1.26\n",
		"hot.go": "package hot\n\n//lagvet:hot\nfunc F() *int { return new(int) }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Dir: dir}, ".")
	if err != nil || packages.PrintErrors(pkgs) > 0 {
		t.Fatalf("loading: %v", err)
	}
	told := policy.Analyzer.Flags.Lookup(policy.Flag).Value
	for text, want := range map[string]int{"": 1, `{"off":["heapescape"]}`: 0} {
		before := told.String()
		if err := told.Set(text); err != nil {
			t.Fatal(err)
		}
		graph, err := checker.Analyze([]*analysis.Analyzer{analyzers.Notices}, pkgs, nil)
		if err := errors.Join(err, told.Set(before)); err != nil {
			t.Fatal(err)
		}
		if got := graph.Roots[0].Diagnostics; len(got) != want {
			t.Errorf("told %q, the notices are %v, want %d", text, got, want)
		}
	}
}
