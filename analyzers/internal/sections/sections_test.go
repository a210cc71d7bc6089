package sections

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"
)

// probe says at each call of work which locks are held.
var probe = &analysis.Analyzer{
	Name:     "probe",
	Doc:      "say which locks are held",
	Requires: []*analysis.Analyzer{Analyzer, buildssa.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		x := pass.ResultOf[Analyzer].(*Index)
		for _, fn := range pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs {
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
					call, ok := instr.(ssa.CallInstruction)
					if !ok || call.Common().StaticCallee() == nil || call.Common().StaticCallee().Name() != "work" {
						continue
					}
					if said := describe(x.Held(instr)); said != "" {
						pass.Reportf(instr.Pos(), "%s.", said)
					}
				}
			}
		}
		return nil, nil
	},
}

func describe(held []*Section) string {
	var said []string
	for _, s := range held {
		text := s.Lock.Name
		if s.Shared {
			text += " read"
		}
		if s.Release != nil {
			text += " deferred"
		}
		said = append(said, text)
	}
	return strings.Join(said, ", ")
}

func TestHeld(t *testing.T) {
	analysistest.Run(t, filepath.Join(analysistest.TestData(), "p"), probe, "./...")
}

// routes says at each call that takes a lock on which ways it is kept.
var routes = &analysis.Analyzer{
	Name:     "routes",
	Doc:      "say which locks are kept",
	Requires: []*analysis.Analyzer{Analyzer, buildssa.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		x := pass.ResultOf[Analyzer].(*Index)
		for _, fn := range pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs {
			for _, w := range x.Ways(fn) {
				said := "again"
				if _, ok := w.End.(*ssa.Return); ok {
					said = "returns"
				}
				if w.Elsewhere {
					said += ", released elsewhere"
				}
				pass.Reportf(w.Take.Pos(), "%s", said)
			}
		}
		return nil, nil
	},
}

func TestWays(t *testing.T) {
	analysistest.Run(t, filepath.Join(analysistest.TestData(), "ways"), routes, "./...")
}
