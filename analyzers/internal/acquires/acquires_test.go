package acquires

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// probe says of each function which locks it takes.
var probe = &analysis.Analyzer{
	Name:     "probe",
	Doc:      "say which locks are taken",
	Requires: []*analysis.Analyzer{Analyzer, funcs.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		x := pass.ResultOf[Analyzer].(*Index)
		for _, f := range pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs {
			if f.Obj == nil {
				continue
			}
			if a := x.Of(f.Obj); a != nil {
				pass.Reportf(f.Obj.Pos(), "%s.", describe(a))
			}
		}
		return nil, nil
	},
}

func describe(a *Acquires) string {
	said := names(a.Locks)
	for _, cb := range a.Callbacks {
		said = append(said, fmt.Sprintf("calls %d under %v", cb.Param, names(cb.Held)))
	}
	return strings.Join(said, ", ")
}

func names(locks []Lock) (list []string) {
	for _, l := range locks {
		name := key(l)
		if l.Shared {
			name += " read"
		}
		list = append(list, name)
	}
	return list
}

func TestOf(t *testing.T) {
	analysistest.Run(t, filepath.Join(analysistest.TestData(), "p"), probe, "./...")
}
