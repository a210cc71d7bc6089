package engine

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// takeHeat translates what [analyzers.Heat] says of a unit.
func (t *translator) takeHeat(d found) {
	p, ok := t.asked.of(d.unit)
	if !ok {
		return
	}
	fs, err := analyzers.DecodeHeat(d.Category)
	if err != nil {
		t.problems = append(t.problems, finding.Problem{Message: fmt.Sprintf("%s: %v", d.unit, err), Remedy: reportBug})
		return
	}
	for _, f := range fs {
		h := finding.Heat{Func: f.Func, Package: p.path, Start: t.place(f.Posn)}
		if f.Hot != nil {
			h.Hot = &finding.Hot{Source: f.Hot.Source, Detail: f.Hot.Detail, Share: f.Hot.Share, Via: t.steps(f.Hot.Via)}
		}
		if f.Root != nil {
			h.Root = &finding.Root{Detail: f.Root.Detail, Via: t.steps(f.Root.Via)}
		}
		t.heat = append(t.heat, h)
	}
}

// settle puts heat in order, and drops what a variant for tests says again.
func settle(hs []finding.Heat) []finding.Heat {
	slices.SortStableFunc(hs, func(a, b finding.Heat) int {
		return cmp.Or(cmp.Compare(a.Func, b.Func), cmp.Compare(a.Start.File, b.Start.File), cmp.Compare(a.Start.Line, b.Start.Line))
	})
	return slices.CompactFunc(hs, func(a, b finding.Heat) bool { return a.Func == b.Func && a.Start == b.Start })
}
