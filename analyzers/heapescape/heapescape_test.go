package heapescape_test

import (
	"path/filepath"
	"testing"

	"github.com/lagvet/lagvet/analyzers/heapescape"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, heapescape.Rule) }

// unreported are functions that allocate without a finding, and why.
var unreported = map[string]string{
	"Errorf":         "formatting has a finding of hotcall",
	"Sprint":         "formatting has a finding of hotcall",
	"MakeDynamic":    "its size is the caller's to know",
	"Concat":         "its size is the caller's to know",
	"Append":         "its size is the caller's to know",
	"VariadicSpread": "the callee allocates, and has the finding",
	"NotInlined":     "the callee allocates, and has the finding",
	"Builder":        "the callee grows its buffer as it must",
}

// TestTruth holds the findings against allocations counted at run time: what
// is proven must happen, and what happens must be found or have a reason.
func TestTruth(t *testing.T) {
	dir, err := filepath.Abs("testdata/measured/truth")
	if err != nil {
		t.Fatal(err)
	}
	measured := ruletest.Measure(t, dir)
	const enough = 30
	if len(measured) < enough {
		t.Fatalf("only %d functions were measured", len(measured))
	}
	proven := make(map[string]int)
	found := make(map[string]int)
	for _, f := range ruletest.Findings(t, heapescape.Rule, dir, ".") {
		found[f.Func]++
		if f.Tier == rule.Proven {
			proven[f.Func]++
		}
	}
	for name, allocs := range measured {
		if n := proven[name]; float64(n) > allocs {
			t.Errorf("%s: %d proven findings, %v allocations", name, n, allocs)
		}
		switch reason := unreported[name]; {
		case allocs > 0 && found[name] == 0 && reason == "":
			t.Errorf("%s: %v allocations, no finding", name, allocs)
		case reason != "" && (allocs == 0 || found[name] > 0):
			t.Errorf("%s: %v allocations, %d findings, yet it is listed as unreported", name, allocs, found[name])
		}
	}
}
