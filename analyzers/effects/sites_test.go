package effects

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
)

// TestSites runs the analysis as other hosts do, all packages in one process.
func TestSites(t *testing.T) {
	sites := &analysis.Analyzer{
		Name:     "sites",
		Doc:      "report what each site does",
		Requires: []*analysis.Analyzer{Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			info := pass.ResultOf[Analyzer].(*Info)
			for _, f := range info.Functions() {
				if info.Body(f.SSA) != f.Summary || f.Obj != nil && info.Of(f.Obj) != f.Summary {
					t.Errorf("%s has several summaries", f.Name)
				}
				for _, s := range info.Sites(f.SSA) {
					pass.Reportf(s.Pos, "%s: %s", s.Func, effectsAt(s))
				}
			}
			return nil, nil
		},
	}
	dir, err := filepath.Abs("testdata/sites")
	if err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, dir, sites, "./...")
}

func effectsAt(s Site) string {
	var words []string
	for _, e := range s.Effects {
		var at []string
		for step := range e.Chain.All {
			at = append(at, fmt.Sprintf("%s:%d", filepath.Base(step.Pos.File), step.Pos.Line))
		}
		cold := ""
		if e.Cold {
			cold = "cold "
		}
		words = append(words, fmt.Sprintf("%s%v at %s", cold, e.Kind, strings.Join(at, ", ")))
	}
	return strings.Join(words, " ")
}
