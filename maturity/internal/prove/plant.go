package prove

import (
	"bytes"
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/lagvet/lagvet/maturity/internal/ci"
	"github.com/lagvet/lagvet/maturity/internal/tree"
)

// A Plant is a fault that a kind of gate is there to find.
type Plant struct {
	Kind  ci.Kind
	Name  string   // what it is, in words
	Rule  string   // of lagvet's, that finds it; empty for other kinds
	File  string   // base name of the file that is added; empty if none is
	Body  string   // of the file, after the package clause
	Names []string // of which the gate's output has to hold one
}

// plants are those for each kind.
var plants = []Plant{
	{
		Kind: ci.Race, Name: "a data race in a test", File: "lagvet_planted_race_test.go", Names: []string{"TestLagvetPlantedRace"},
		Body: `
import "testing"

func TestLagvetPlantedRace(t *testing.T) {
	n := 0
	done := make(chan bool)
	for i := 0; i < 2; i++ {
		go func() {
			n++
			done <- true
		}()
	}
	n++
	<-done
	<-done
	t.Log(n)
}
`,
	},
	lostCancel(ci.Lagvet), contextless(ci.Lagvet), copiedLock(ci.Lagvet),
	lostCancel(ci.GolangciLint), contextless(ci.GolangciLint), copiedLock(ci.GolangciLint),
	contextless(ci.Enforce),
	{
		Kind: ci.Enforce, Rule: "hotalloc", Name: "an allocation where a contract forbids it", File: "lagvet_planted.go", Names: []string{"lagvet_planted.go"},
		Body: `
var lagvetPlanted []byte

// LagvetPlanted is there to see whether a build fails.
//
//lagvet:noalloc
func LagvetPlanted(n int) { lagvetPlanted = make([]byte, n) }
`,
	},
	{Kind: ci.Tidy, Name: "a go.mod and go.sum that are not tidy", Names: []string{"go.mod", "go.sum"}},
	{Kind: ci.ModVerify, Name: "a file changed in the module cache", Names: []string{"has been modified"}},
	{
		Kind: ci.Vulnerability, Name: "a call that the database it is given says is vulnerable", File: "lagvet_planted.go",
		Names: []string{vulnerability}, Body: vulnerable,
	},
}

// leak is the plant for tests that look for leaked goroutines in TestMain.
var leak = Plant{
	Kind: ci.Test, Name: "a goroutine that a test leaves over", File: "lagvet_planted_leak_test.go", Names: []string{"lagvetPlantedLeak", "TestLagvetPlantedLeak"},
	Body: `
import "testing"

func TestLagvetPlantedLeak(t *testing.T) { go lagvetPlantedLeak() }

func lagvetPlantedLeak() { select {} }
`,
}

func contextless(k ci.Kind) Plant {
	return Plant{
		Kind: k, Rule: "ctxless", Name: "a request without the context that is there", File: "lagvet_planted.go",
		Names: []string{"ctxless", "lagvet_planted.go"},
		Body: `
import (
	"context"
	"net/http"
)

// LagvetPlanted is there to see whether a gate fails.
func LagvetPlanted(ctx context.Context) error {
	resp, err := http.Get("http://example.com")
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
`,
	}
}

func lostCancel(k ci.Kind) Plant {
	return Plant{
		Kind: k, Rule: "lostcancel", Name: "a context that nothing cancels", File: "lagvet_planted.go",
		Names: []string{"lostcancel", "should be called, not discarded"},
		Body: `
import "context"

// LagvetPlanted is there to see whether a gate fails.
func LagvetPlanted(ctx context.Context) context.Context {
	ctx, _ = context.WithCancel(ctx)
	return ctx
}
`,
	}
}

func copiedLock(k ci.Kind) Plant {
	return Plant{
		Kind: k, Rule: "copylocks", Name: "a lock that is copied", File: "lagvet_planted.go", Names: []string{"copylocks", "lagvet_planted.go"},
		Body: `
import "sync"

// LagvetPlanted is there to see whether a gate fails.
func LagvetPlanted(mu sync.Mutex) { mu.Lock() }
`,
	}
}

// A Plan is a gate to be tried, and what is planted where.
type Plan struct {
	Gate  *ci.Gate
	Plant Plant
	// Dir is the directory that the plant is put in.
	Dir string
}

// Commands are what is run, in order.
func (p Plan) Commands() [][]string {
	if len(p.Gate.Steps) > 0 {
		return p.Gate.Steps
	}
	return [][]string{p.Gate.Argv}
}

// Command is what is run, for people.
func (p Plan) Command() string {
	var all []string
	for _, argv := range p.Commands() {
		all = append(all, strings.Join(argv, " "))
	}
	return strings.Join(all, "; ")
}

func (p Plan) String() string {
	gate := fmt.Sprintf("%s (in %s, of %s) with %s", p.Command(), p.Gate.Dir, p.Gate.Place, p.Plant.Name)
	if p.Plant.Kind == ci.ModVerify {
		return gate + " of the trial's own"
	}
	return gate + " in " + path.Join(p.Dir, p.Plant.File)
}

// Plans returns what can be tried of the gates of these kinds: the clearest gate of
// each kind, with each plant for it. rules are those of lagvet to be tried; others
// are left out. With leaks, the test gate is tried for goroutines left over, where
// TestMain looks for them.
func Plans(t *tree.Tree, r *ci.Result, kinds []ci.Kind, rules []string, leaks bool) []Plan {
	var plans []Plan
	for _, k := range kinds {
		for _, p := range plants {
			if p.Kind != k || p.Rule != "" && !slices.Contains(rules, p.Rule) {
				continue
			}
			if plan, ok := planFor(t, r.Holding(k), p, ""); ok {
				plans = append(plans, plan)
			}
		}
	}
	if leaks {
		gates := append(r.Holding(ci.Race), r.Holding(ci.Test)...)
		if plan, ok := planFor(t, gates, leak, "goleak.VerifyTestMain("); ok {
			plans = append(plans, plan)
		}
	}
	return plans
}

// planFor finds a gate and a directory for a plant: one where a file holds the text.
func planFor(t *tree.Tree, gates []*ci.Gate, p Plant, holds string) (Plan, bool) {
	for _, g := range gates {
		if _, ok := g.Database(); p.Kind == ci.Vulnerability && !ok {
			continue
		}
		if p.File == "" {
			if hasModule(t, g.Dir, p.Kind == ci.ModVerify) {
				return Plan{g, p, g.Dir}, true
			}
			continue
		}
		for _, dir := range packages(t, g.Dir, strings.HasSuffix(p.File, "_test.go"), holds) {
			if g.Covers(dir) {
				return Plan{g, p, dir}, true
			}
		}
	}
	return Plan{}, false
}

// hasModule reports whether there is a go.mod in a directory and, if that is asked for,
// whether it requires something.
func hasModule(t *tree.Tree, dir string, requires bool) bool {
	data, err := t.Read(path.Join(dir, "go.mod"))
	if err != nil || !requires {
		return err == nil
	}
	f, err := modfile.ParseLax("go.mod", data, nil)
	return err == nil && len(f.Require) > 0
}

// packages returns the directories with Go files below dir, those nearest first, that
// belong to its module. With tests, only those that have some.
func packages(t *tree.Tree, dir string, tests bool, holds string) []string {
	var dirs []string
	for _, f := range t.Under(dir) {
		d := path.Dir(f)
		if path.Ext(f) != ".go" || slices.Contains(dirs, d) || hidden(d) || inner(t, dir, d) {
			continue
		}
		if tests != strings.HasSuffix(f, "_test.go") {
			continue
		}
		if holds != "" {
			if data, err := t.Read(f); err != nil || !bytes.Contains(data, []byte(holds)) {
				continue
			}
		}
		if _, ok := packageName(t, d); ok {
			dirs = append(dirs, d)
		}
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return depth(a) - depth(b) })
	return dirs
}

func depth(dir string) int {
	if dir == "." {
		return 0
	}
	return 1 + strings.Count(dir, "/")
}

func hidden(dir string) bool {
	for p := range strings.SplitSeq(dir, "/") {
		if p == "vendor" || p == "testdata" || p != "." && (strings.HasPrefix(p, ".") || strings.HasPrefix(p, "_")) {
			return true
		}
	}
	return false
}

// inner reports whether d belongs to a module below dir.
func inner(t *tree.Tree, dir, d string) bool {
	for ; d != dir && d != "."; d = path.Dir(d) {
		if t.Has(path.Join(d, "go.mod")) {
			return true
		}
	}
	return false
}

// packageName returns the name of the package of a directory, if a file of it is
// built everywhere.
func packageName(t *tree.Tree, dir string) (string, bool) {
	for _, f := range t.Under(dir) {
		if path.Dir(f) != dir || path.Ext(f) != ".go" || strings.HasSuffix(f, "_test.go") || strings.Contains(path.Base(f), "_") {
			continue
		}
		data, err := t.Read(f)
		if err != nil {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f, data, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil || constrained(data) {
			continue
		}
		return file.Name.Name, true
	}
	return "", false
}

func constrained(data []byte) bool {
	for l := range strings.SplitSeq(string(data), "\n") {
		if constraint.IsGoBuild(l) || constraint.IsPlusBuild(l) {
			return true
		}
		if strings.HasPrefix(l, "package ") {
			return false
		}
	}
	return false
}

// source is the file of a plant for a package.
func (p Plant) source(pkg string) []byte { return []byte("package " + pkg + "\n" + p.Body) }

// untidy returns a go.mod and a go.sum that go mod tidy mends without a network: a
// requirement that is marked wrongly, and a line of a module that is not needed.
func untidy(mod, sum []byte) (newMod, newSum []byte, err error) {
	f, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("planting in go.mod: %w", err)
	}
	for _, r := range f.Require {
		if r.Indirect {
			continue
		}
		line := r.Syntax
		line.Suffix = append(line.Suffix, modfile.Comment{Token: "// indirect", Suffix: true})
		break
	}
	newMod = modfile.Format(f.Syntax)
	h := "h1:" + strings.Repeat("A", 43) + "=\n"
	newSum = append(slices.Clone(sum), "example.com/lagvet/planted v1.0.0 "+h+"example.com/lagvet/planted v1.0.0/go.mod "+h...)
	return newMod, newSum, nil
}
