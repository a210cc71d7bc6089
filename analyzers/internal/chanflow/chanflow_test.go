package chanflow_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
)

// probe says at each operation that waits who ends it, and at each function that
// something starts where that is.
var probe = &analysis.Analyzer{
	Name:     "probe",
	Doc:      "say who ends which wait",
	Requires: []*analysis.Analyzer{chanflow.Analyzer, buildssa.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		x := pass.ResultOf[chanflow.Analyzer].(*chanflow.Index)
		for _, fn := range pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs {
			for _, op := range x.Of(fn) {
				switch op.Kind {
				case chanflow.Send, chanflow.Recv, chanflow.Range, chanflow.Wait, chanflow.Sleep:
					pass.Reportf(op.Pos(), "%s.", wakers(x, op))
				}
			}
		}
		return nil, nil
	},
}

func wakers(x *chanflow.Index, op *chanflow.Op) string {
	by, outside := x.Wakers(op)
	var names []string
	for _, w := range by {
		names = append(names, name(w.Fn))
	}
	slices.Sort(names)
	if outside {
		names = append(names, "others")
	}
	if len(names) == 0 {
		names = append(names, "nobody")
	}
	starts, only := x.StartsOf(op.Instr)
	said := strings.Join(slices.Compact(names), ", ")
	for _, s := range starts {
		said += ", started in " + name(s.Caller)
	}
	if !only {
		said += ", or called"
	}
	return said
}

func name(fn *ssa.Function) string { return fn.RelString(fn.Pkg.Pkg) }

func TestWakers(t *testing.T) {
	for _, dir := range []string{"lib", "cmd"} {
		t.Run(dir, func(t *testing.T) {
			analysistest.Run(t, analysistest.TestData(), probe, "./"+dir)
		})
	}
}
