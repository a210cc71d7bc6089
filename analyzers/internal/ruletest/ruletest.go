// Package ruletest runs a rule over its fixtures, with every tier visible.
package ruletest

import (
	"bytes"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// Run runs r over each module under testdata, one per go version that its
// go.mod names, and compares what it reports with the // want comments and,
// for fixes, with the .golden files.
//
// The text of a finding is its tier, as if no rule were on trial, a colon and its
// message: "likely: ticker is never stopped". A finding that waits for hotness says "cold" for its
// tier, one that a directive silences "allowed". Links of its chain follow the
// message, each after " ← ".
//
// For a rule that requires [escape.Analyzer], the module is compiled first. What the
// rule says of its tier and of fixes must be what the fixtures show.
func Run(t *testing.T, r *rule.Rule) {
	t.Helper()
	var seen seen
	run(t, r, &seen)
	if !t.Failed() {
		seen.hold(t, r)
	}
}

// RunPart is [Run] for fixtures that show a part of the rule.
func RunPart(t *testing.T, r *rule.Rule) {
	t.Helper()
	run(t, r, new(seen))
}

func run(t *testing.T, r *rule.Rule, seen *seen) {
	t.Helper()
	mods, err := filepath.Glob(filepath.Join(analysistest.TestData(), "*", "go.mod"))
	if err != nil || len(mods) == 0 {
		t.Fatalf("no modules under testdata (%v)", err)
	}
	// All that the fixtures import is loaded from source and stays in use: to look for
	// garbage in it as often as by default takes a fifth of the time.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	for _, mod := range mods {
		dir := filepath.Dir(mod)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			if slices.Contains(r.Requires, escape.Analyzer) {
				compile(t, dir)
			}
			if golden(t, dir) {
				analysistest.RunWithSuggestedFixes(t, dir, visible(r, seen), "./...")
			} else {
				analysistest.Run(t, dir, visible(r, seen), "./...")
			}
		})
	}
}

// seen is what the findings of a rule show of what it says of itself.
type seen struct {
	mu    sync.Mutex // packages are analysed at the same time
	tiers []rule.Tier
	fixes bool
}

func (s *seen) add(f rule.Finding) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tiers = append(s.tiers, f.Judged)
	s.fixes = s.fixes || len(f.Fixes) > 0
}

// hold asserts that the fixtures have a finding of the rule's tier and none that is
// surer, and fixes if the rule has any.
func (s *seen) hold(t *testing.T, r *rule.Rule) {
	t.Helper()
	for _, tier := range []rule.Tier{rule.Proven, rule.Likely, rule.Suspected} {
		if slices.Contains(s.tiers, tier) {
			if tier != r.Judged {
				t.Errorf("%s is said to find what is %s, but its fixtures show %s", r.Name, r.Judged, tier)
			}
			break
		}
	}
	if s.fixes != r.Fixes {
		t.Errorf("%s is said to have fixes: %t, but its fixtures show %t", r.Name, r.Fixes, s.fixes)
	}
}

// A Found is a finding of a rule and the name of its function.
type Found struct {
	Func    string // "F", "(T).M"
	Posn    token.Position
	Tier    rule.Tier
	Message string
}

// Findings runs r over the packages of the module in dir that patterns name,
// and returns what it finds, for tests that hold findings against something
// other than // want comments.
func Findings(t *testing.T, r *rule.Rule, dir string, patterns ...string) []Found {
	t.Helper()
	if slices.Contains(r.Requires, escape.Analyzer) {
		compile(t, dir)
	}
	return FindingsUncompiled(t, r, dir, patterns...)
}

// FindingsUncompiled is Findings as a host has it that does not run the compiler.
func FindingsUncompiled(t *testing.T, r *rule.Rule, dir string, patterns ...string) []Found {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.LoadAllSyntax | packages.NeedModule, // facts are those of all that is imported
		Dir:  dir,
		Env:  append(os.Environ(), "GOWORK=off"),
	}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	if packages.PrintErrors(pkgs) > 0 {
		t.Fatalf("loading %v in %s failed", patterns, dir)
	}
	var found []Found
	collect := &analysis.Analyzer{
		Name:     "collect",
		Doc:      "gather the findings of a rule",
		Requires: []*analysis.Analyzer{r.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			for _, f := range pass.ResultOf[r.Analyzer].(*rule.Result).Findings {
				name := strings.ReplaceAll(f.Func, pass.Pkg.Path()+".", "")
				found = append(found, Found{name, pass.Fset.Position(f.Pos), f.Tier, f.Message})
			}
			return nil, nil
		},
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{collect}, pkgs, &checker.Options{Sequential: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, root := range graph.Roots {
		if root.Err != nil {
			t.Fatal(root.Err)
		}
	}
	return found
}

// compile has the compiler explain the module in dir, for rules that ask it.
func compile(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-gcflags="+escape.GCFlags(), "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "PWD="+dir)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("compiling %s: %v\n%s", dir, err, said.Bytes())
	}
	file := filepath.Join(t.TempDir(), "compiler.txt")
	text := escape.Header(runtime.Version(), runtime.GOARCH, dir) + said.String()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := escape.Analyzer.Flags.Set(escape.OutputFlag, file); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { escape.Analyzer.Flags.Set(escape.OutputFlag, "") })
}

func golden(t *testing.T, dir string) (found bool) {
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		found = found || filepath.Ext(path) == ".golden"
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// visible returns an analyzer that reports every finding of r, and adds it to what is
// seen.
func visible(r *rule.Rule, seen *seen) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     "visible",
		Doc:      "report every finding of a rule",
		Requires: []*analysis.Analyzer{r.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			res := pass.ResultOf[r.Analyzer].(*rule.Result)
			for _, f := range res.Findings {
				seen.add(f)
				pass.Report(analysis.Diagnostic{Pos: f.Pos, End: f.End, Message: text(f), SuggestedFixes: f.Fixes})
			}
			for _, u := range res.Unchecked {
				pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Package, Message: "unchecked: " + u})
			}
			return nil, nil
		},
	}
}

func text(f rule.Finding) string {
	s := string(f.Judged)
	switch {
	case f.Allowed != nil:
		s = "allowed"
	case f.NeedsHot:
		s = "cold"
	}
	s += ": " + f.Message
	for _, step := range f.Chain {
		s += " ← " + step.Text
	}
	return s
}
