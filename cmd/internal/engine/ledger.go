package engine

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// An entry is what one unit says that a function costs.
type entry struct {
	unit string
	finding.Ledger
}

// takeLedger translates what [analyzers.Ledger] says of a unit.
func (t *translator) takeLedger(d found) {
	p, ok := t.asked.of(d.unit)
	if !ok {
		return
	}
	fs, err := analyzers.DecodeLedger(d.Category)
	if err != nil {
		t.problems = append(t.problems, finding.Problem{Message: fmt.Sprintf("%s: %v", d.unit, err), Remedy: reportBug})
		return
	}
	for _, f := range fs {
		t.ledger = append(t.ledger, entry{d.unit, t.costs(f, p)})
	}
}

func (t *translator) costs(f analyzers.FuncCost, p pkg) finding.Ledger {
	l := finding.Ledger{Func: f.Func, Package: p.path, Start: t.place(f.Posn), Defers: f.Defers}
	if h := f.Hot; h != nil {
		l.Hot = &finding.Hot{Source: h.Source, Detail: h.Detail, Share: h.Share, Via: t.steps(h.Via)}
	}
	for _, a := range f.Allocs {
		l.Allocs = append(l.Allocs, finding.Alloc{Place: t.place(a.Posn), Cause: a.Cause, Text: a.Text, Certainty: a.Certainty})
	}
	for _, e := range f.Effects {
		l.Effects = append(l.Effects, t.effectCost(e))
	}
	return l
}

func (t *translator) effectCost(e analyzers.EffectCost) finding.Effect {
	f := finding.Effect{Kind: e.Kind, Cold: e.Cold, ByCaller: e.ByCaller, Certainty: e.Certainty, Stated: e.Stated}
	for _, s := range e.Chain {
		f.Chain = append(f.Chain, finding.Call{Place: t.place(s.Posn), Func: s.Func, Omitted: s.Omitted})
	}
	return f
}

// settleLedger puts ledgers in order, and keeps one of each function: a variant for
// tests says again what the package says, and comes behind it.
func settleLedger(es []entry) []finding.Ledger {
	slices.SortStableFunc(es, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Func, b.Func), cmp.Compare(a.unit, b.unit))
	})
	var ls []finding.Ledger
	for i, e := range es {
		if i == 0 || e.Package != es[i-1].Package || e.Func != es[i-1].Func {
			ls = append(ls, e.Ledger)
		}
	}
	return ls
}
