package engine

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// takeEffects translates what [effects.Report] says of a unit.
func (t *translator) takeEffects(d found) {
	p, ok := t.asked.of(d.unit)
	if !ok {
		return
	}
	rs, err := effects.DecodeReport(d.Category)
	if err != nil {
		t.problems = append(t.problems, finding.Problem{Message: fmt.Sprintf("%s: %v", d.unit, err), Remedy: reportBug})
		return
	}
	for _, r := range rs {
		fs := finding.Effects{Func: r.Func, Package: p.path}
		for _, e := range r.Summary.All() {
			fs.Effects = append(fs.Effects, t.effect(e, r.Summary.Stated))
		}
		t.effects = append(t.effects, fs)
	}
}

func (t *translator) effect(e effects.Effect, stated string) finding.Effect {
	f := finding.Effect{Kind: e.Kind.String(), Cold: e.Cold, ByCaller: e.ByCaller, Stated: stated}
	if e.Kind == effects.Alloc {
		f.Certainty = e.Certainty.String()
	}
	for s := range e.Chain.All {
		f.Chain = append(f.Chain, finding.Call{
			Place:   finding.Place{File: original(s.Pos.File), Line: s.Pos.Line, Column: s.Pos.Column},
			Func:    s.Func,
			Omitted: s.Omitted,
		})
	}
	return f
}

// settleEffects puts effects in order, and drops what a variant for tests says
// again.
func settleEffects(fs []finding.Effects) []finding.Effects {
	slices.SortStableFunc(fs, func(a, b finding.Effects) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Func, b.Func))
	})
	return slices.CompactFunc(fs, func(a, b finding.Effects) bool { return a.Package == b.Package && a.Func == b.Func })
}
