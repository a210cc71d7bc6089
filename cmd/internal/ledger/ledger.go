package ledger

import (
	"cmp"
	"slices"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// Options say what the ledgers, which know only hot functions, do not.
type Options struct {
	// InBase and InHead report whether a version has a function, hot or not, of
	// which the ledger is the other version's: a function that is new costs what
	// it costs because of the code, one that became hot because of its hotness. If
	// nil, a version is taken to have every function.
	InBase, InHead func(l *finding.Ledger) bool
}

// Diff returns what the hot functions of head cost more, and less, than those of
// base: by function, what was gained before what was lost.
func Diff(base, head []finding.Ledger, o Options) []finding.Change {
	var changes []finding.Change
	for _, p := range match(base, head, o) {
		changes = append(changes, p.changes(o)...)
	}
	slices.SortStableFunc(changes, compare)
	return changes
}

// Split tells what another compiler changed, which baseNew, the older version under
// the newer compiler, shows beside baseOld, from what the code changed.
func Split(baseOld, baseNew, head []finding.Ledger, o Options) []finding.Change {
	moved := Diff(baseOld, baseNew, Options{})
	for i := range moved {
		moved[i].By = finding.ByToolchain
	}
	return append(moved, Diff(baseNew, head, o)...)
}

func compare(a, b finding.Change) int {
	return cmp.Or(
		cmp.Compare(a.Package, b.Package), cmp.Compare(a.Func, b.Func),
		-compareBool(a.Gained, b.Gained),
		cmp.Compare(a.Kind, b.Kind), finding.Compare(a.Start, b.Start), cmp.Compare(a.Text, b.Text),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// A pair is one function in two versions. One of them is nil if it is not hot there.
type pair struct {
	base, head *finding.Ledger
}

// changes lists the differences between the versions.
func (p pair) changes(o Options) []finding.Change {
	by := finding.ByCode
	switch {
	case p.base == nil && (o.InBase == nil || o.InBase(p.head)),
		p.head == nil && (o.InHead == nil || o.InHead(p.base)):
		by = finding.ByHotness
	}
	before, after := costsOf(p.base), costsOf(p.head)
	var changes []finding.Change
	for _, c := range less(after, before) {
		changes = append(changes, p.change(c, true, by))
	}
	for _, c := range less(before, after) {
		changes = append(changes, p.change(c, false, by))
	}
	return changes
}

func (p pair) change(c cost, gained bool, by string) finding.Change {
	at := cmp.Or(p.head, p.base)
	change := finding.Change{
		Func:    at.Func,
		Package: at.Package,
		Start:   at.Start,
		Hot:     at.Hot,
		Gained:  gained,
		Kind:    c.kind,
		Text:    c.said(),
		Chain:   c.steps(),
		By:      by,
	}
	if gained && c.at.File != "" {
		change.Start = c.at
	}
	return change
}
