package heapescape_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lagvet/lagvet/analyzers/escape"
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

// The compiler's output for a package may be lost, as when a file of the build cache is
// gone from which the go command replays it: that nothing is found is then said.
func TestLostOutput(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module example.com/lost\n\ngo 1.26\n",
		"lost.go": "package lost // want `holds nothing of example.com/lost, so what its hot functions \\(1\\) move to the heap is not known`\n\nvar last *int\n\n//lagvet:hot\nfunc Keep(x int) { last = &x }\n",
		"said":    escape.Header("go1.26.8", "amd64", ""),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := escape.Analyzer.Flags.Set(escape.OutputFlag, filepath.Join(dir, "said")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { escape.Analyzer.Flags.Set(escape.OutputFlag, "") })
	analysistest.Run(t, dir, &analysis.Analyzer{
		Name:     "unchecked",
		Doc:      "report what the rule could not check",
		Requires: []*analysis.Analyzer{heapescape.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			for _, u := range pass.ResultOf[heapescape.Analyzer].(*rule.Result).Unchecked {
				pass.Reportf(pass.Files[0].Package, "%s", u)
			}
			return nil, nil
		},
	}, ".")
}
