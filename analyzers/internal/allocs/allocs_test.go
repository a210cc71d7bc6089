package allocs_test

import (
	"path/filepath"
	"testing"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/allocs"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// verdicts is a rule that says the verdict on each function of a package.
var verdicts = rule.New(rule.Spec{
	Name:     "verdicts",
	Doc:      "// Package verdicts says what each function allocates.\npackage verdicts",
	Requires: allocs.Requires(),
	Run: func(pass *rule.Pass) error {
		j := &judge{pass, allocs.New(pass)}
		for _, f := range pass.Funcs.Funcs {
			if f.Obj != nil {
				pass.Report(rule.Finding{Pos: f.Node.Pos(), Tier: rule.Proven, Message: j.function(f, 0).String()})
			}
		}
		return nil
	},
})

// A judge joins the verdicts on the places of a function and on what it calls.
type judge struct {
	pass *rule.Pass
	x    *allocs.Index
}

// function returns the verdict on a call of f: the surest of its places.
func (j *judge) function(f *funcs.Func, depth int) allocs.Verdict {
	const deepest = 5
	if depth > deepest {
		return allocs.None
	}
	v := j.worst(j.x.Within(f.Node))
	for _, lit := range j.pass.Funcs.Funcs {
		if lit.Obj == nil && lit.Parent == f {
			v = max(v, j.function(lit, depth+1))
		}
	}
	for _, k := range f.Out {
		v = max(v, j.call(k, depth))
	}
	return v
}

func (j *judge) worst(sites []*allocs.Site) (v allocs.Verdict) {
	for _, s := range sites {
		v = max(v, s.Verdict)
	}
	return v
}

// call returns the verdict on a call: that on the body if it is seen, or else
// what effects says. Of what is inlined the compiler speaks at the call.
func (j *judge) call(k *funcs.Call, depth int) allocs.Verdict {
	switch {
	case k.Callee == nil && k.Func == nil:
		return allocs.None
	case k.Callee == nil:
		if e, ok := j.pass.ResultOf[witness.Analyzer].(*witness.Index).Info.Of(k.Func).Effect(effects.Alloc); ok && !e.Cold {
			return allocs.Suspected
		}
		return allocs.None
	case j.x.Report.Inlined(k.Site.Lparen):
		return j.worst(j.x.Silent(k.Callee.Node))
	}
	return min(j.function(k.Callee, depth+1), j.always(k.Callee))
}

// always returns Proven if no place of f is in a branch or a loop that may not run.
func (j *judge) always(f *funcs.Func) allocs.Verdict {
	for _, s := range j.x.Within(f.Node) {
		if j.x.Seldom.Conditional(s.Pos) || j.x.Seldom.Loop(s.Pos) != nil {
			return allocs.SizeDependent
		}
	}
	return allocs.Proven
}

// truths are modules whose functions are measured.
var truths = []struct {
	dir    string
	enough int // functions
}{
	{"testdata/measured/holes", 150},
	{"../../heapescape/testdata/measured/truth", 80},
}

// TestTruth holds the verdicts against allocations that are counted at run time:
// what is proven happens, and what is said to be none does not. So it is where
// the compiler is not asked: then less is proven.
func TestTruth(t *testing.T) {
	for _, tt := range truths {
		dir, err := filepath.Abs(tt.dir)
		if err != nil {
			t.Fatal(err)
		}
		measured := ruletest.Measure(t, dir)
		if len(measured) < tt.enough {
			t.Errorf("%s: only %d functions were measured", tt.dir, len(measured))
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			compare(t, measured, ruletest.Findings(t, verdicts, dir, "."))
		})
		t.Run(filepath.Base(dir)+" without the compiler", func(t *testing.T) {
			compare(t, measured, ruletest.FindingsUncompiled(t, verdicts, dir, "."))
		})
	}
}

func compare(t *testing.T, measured map[string]float64, found []ruletest.Found) {
	t.Helper()
	said := make(map[string]string)
	for _, f := range found {
		said[f.Func] = f.Message
	}
	n := make(map[string]int)
	for name, count := range measured {
		v, ok := said[name]
		switch {
		case !ok:
			t.Errorf("%s: no verdict", name)
		case v == allocs.Proven.String() && count == 0:
			t.Errorf("%s is said to allocate, and does not", name)
		case v == allocs.None.String() && count > 0:
			t.Errorf("%s is said to allocate nothing, and makes %v allocations", name, count)
		}
		n[v]++
		t.Logf("%-24s %-14s %v", name, v, count)
	}
	t.Logf("verdicts: %v", n)
}
