package budget_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/lagvet/lagvet/analyzers/budget"
	"github.com/lagvet/lagvet/analyzers/internal/limits"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

// budgets are those of the fixture, as the configuration tells them.
const budgets = `{"budgets": [
	{"func": "example.com/service.in*", "allocs": 0, "effects": null},
	{"func": "example.com/service.One", "allocs": 0, "effects": null},
	{"func": "example.com/service.Branches", "allocs": 2, "effects": null},
	{"func": "example.com/service.Loop", "allocs": 1, "effects": null},
	{"func": "example.com/service.Calls", "allocs": 1, "effects": null},
	{"func": "example.com/service.Turns", "allocs": 0, "effects": null},
	{"func": "example.com/service.Elsewhere", "allocs": 0, "effects": null},
	{"func": "example.com/service.Large", "allocs": 0, "effects": null},
	{"func": "example.com/service.Passed", "allocs": 0, "effects": null},
	{"func": "example.com/service.Defers", "defers": 1, "effects": null},
	{"func": "example.com/service.Waits", "effects": []},
	{"func": "example.com/service.Silent", "effects": ["lock"]},
	{"func": "example.com/service.Fails", "effects": ["alloc"]},
	{"func": "example.com/service.Known", "allocs": 0, "effects": null},
	{"func": "(*example.com/service.Order).*", "allocs": 0, "effects": null},
	{"func": "example.com/service.Round", "allocs": 0, "effects": null},
	{"func": "example.com/service.Even", "allocs": 1, "effects": null},
	{"func": "example.com/service.Odd", "allocs": 1, "effects": null},
	{"func": "example.com/service.Test*", "allocs": 0, "effects": null},

	{"func": "example.com/service.Within", "allocs": 1, "effects": null},
	{"func": "example.com/service.Stays", "allocs": 0, "effects": null},
	{"func": "example.com/service.Refuses", "allocs": 0, "effects": ["alloc"]},
	{"func": "example.com/service.Starts", "allocs": 1, "effects": ["alloc", "spawn"]},
	{"func": "example.com/service.Lazy", "allocs": 0, "effects": null},
	{"func": "example.com/service.Given", "effects": []},
	{"func": "example.com/service.Unlocked", "allocs": 0, "defers": 0, "effects": ["lock"]}
]}`

func Test(t *testing.T) {
	limit(t, budgets)
	ruletest.Run(t, budget.Rule)
}

// A host that does not run the compiler counts what the code alone shows.
func TestUncompiled(t *testing.T) {
	limit(t, budgets)
	dir, err := filepath.Abs("testdata/service")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range ruletest.FindingsUncompiled(t, budget.Rule, dir, ".") {
		if f.Tier != rule.Suspected {
			found = append(found, f.Func)
		}
	}
	if want := []string{"Elsewhere", "Defers", "Waits", "Waits"}; !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}

// TestTruth holds what is counted against allocations that are counted at run time:
// who is proven to allocate does, and who allocates is told.
func TestTruth(t *testing.T) {
	for _, module := range []string{"../heapescape/testdata/measured/truth", "../internal/allocs/testdata/measured/holes"} {
		dir, err := filepath.Abs(module)
		if err != nil {
			t.Fatal(err)
		}
		measured := ruletest.Measure(t, dir)
		limit(t, `{"budgets": [{"func": "example.com/...", "allocs": 0, "effects": null}]}`)
		surest := make(map[string]rule.Tier)
		for _, f := range ruletest.Findings(t, budget.Rule, dir, ".") {
			surest[f.Func] = f.Tier
		}
		counts := make(map[rule.Tier]int)
		for name, n := range measured {
			tier := surest[name]
			counts[tier]++
			switch {
			case n == 0 && tier == rule.Proven:
				t.Errorf("%s is proven to allocate, and does not", name)
			case n > 0 && tier == "":
				t.Errorf("%s makes %v allocations, and is within a budget of 0", name, n)
			}
		}
		t.Logf("%s: %d functions, findings by tier: %v", filepath.Base(module), len(measured), counts)
	}
}

// limit tells the rules what functions may cost, for one test.
func limit(t *testing.T, text string) {
	t.Helper()
	if err := limits.Analyzer.Flags.Set(limits.Flag, text); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { limits.Analyzer.Flags.Set(limits.Flag, "") })
}
