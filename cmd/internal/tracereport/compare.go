package tracereport

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// A Comparison says what is different in a trace from one before it.
type Comparison struct {
	Before, After *Report
}

// A Change is a group of either trace.
type Change struct {
	Kind          trace.Kind
	Name          string
	Before, After *trace.Group // nil in the trace that has no such group
	Slices        []SliceChange
}

// A SliceChange is a slice that both traces have.
type SliceChange struct {
	Name          string
	Before, After time.Duration // latency
	Parts         []PartChange  // the greatest difference first
}

// A PartChange is a component: the time of it in one span of the slice, on average.
type PartChange struct {
	Component     trace.Component
	Before, After time.Duration
}

// Changes returns the groups of both traces, those with the greatest change of their
// tail first, then those that only one of them has.
func (c *Comparison) Changes() []Change {
	type id struct {
		kind trace.Kind
		name string
	}
	var changes []Change
	at := make(map[id]int)
	for i := range c.Before.Groups {
		g := &c.Before.Groups[i]
		at[id{g.Kind, g.Name}] = len(changes)
		changes = append(changes, Change{Kind: g.Kind, Name: g.Name, Before: g})
	}
	for i := range c.After.Groups {
		g := &c.After.Groups[i]
		if n, ok := at[id{g.Kind, g.Name}]; ok {
			changes[n].After = g
		} else {
			changes = append(changes, Change{Kind: g.Kind, Name: g.Name, After: g})
		}
	}
	for i := range changes {
		changes[i].Slices = sliceChanges(changes[i].Before, changes[i].After)
	}
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(-compareBool(a.both(), b.both()), cmp.Compare(b.size(), a.size()))
	})
	return changes
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (c Change) both() bool { return c.Before != nil && c.After != nil }

// tail returns the slice that the change is judged by, or nil: P99, or the last there is.
func (c Change) tail() *SliceChange {
	i := slices.IndexFunc(c.Slices, func(s SliceChange) bool { return s.Name == "P99" })
	switch {
	case i >= 0:
		return &c.Slices[i]
	case len(c.Slices) > 0:
		return &c.Slices[len(c.Slices)-1]
	}
	return nil
}

func (c Change) size() time.Duration {
	if s := c.tail(); s != nil {
		return max(s.After-s.Before, s.Before-s.After)
	}
	return 0
}

func sliceChanges(before, after *trace.Group) []SliceChange {
	if before == nil || after == nil {
		return nil
	}
	var changes []SliceChange
	for _, b := range before.Slices {
		a := SliceOf(after, b.Name)
		if a == nil {
			continue
		}
		s := SliceChange{Name: b.Name, Before: b.Latency, After: a.Latency}
		for _, w := range words() {
			p := PartChange{w.component, each(b, w.component), each(*a, w.component)}
			if p.Before != 0 || p.After != 0 {
				s.Parts = append(s.Parts, p)
			}
		}
		slices.SortStableFunc(s.Parts, func(a, b PartChange) int { return cmp.Compare(b.size(), a.size()) })
		changes = append(changes, s)
	}
	return changes
}

// each returns the time of a component in one span of a slice, on average.
func each(s trace.Slice, c trace.Component) time.Duration {
	return partOf(s.Parts, c) / time.Duration(max(1, s.Count))
}

func (p PartChange) size() time.Duration { return max(p.After-p.Before, p.Before-p.After) }

// Sentence says in words what has changed: "P99 48 ms, now 12 ms (−75 %); mostly lock,
// 29 ms less of it in a span".
func (c Change) Sentence() string {
	s := c.tail()
	switch {
	case c.Before == nil:
		return "only in the trace after"
	case c.After == nil:
		return "only in the trace before"
	case s == nil:
		return "no percentile that both traces have"
	}
	text := fmt.Sprintf("%s %s, now %s%s", s.Name, duration(s.Before), duration(s.After), change(s.Before, s.After))
	if len(s.Parts) == 0 || s.Parts[0].size() == 0 {
		return text
	}
	p := s.Parts[0]
	more := "more"
	if p.After < p.Before {
		more = "less"
	}
	return text + fmt.Sprintf("; the most of it %s, %s %s in a span", wordOf(p.Component).label, duration(p.size()), more)
}

// change returns how much greater or less after is: " (+12 %)".
func change(before, after time.Duration) string {
	if before <= 0 {
		return ""
	}
	n := 100 * (float64(after) - float64(before)) / float64(before)
	switch {
	case n > -0.5 && n < 0.5:
		return " (the same)"
	case n < 0:
		return fmt.Sprintf(" (−%.0f %%)", -n)
	}
	return fmt.Sprintf(" (+%.0f %%)", n)
}
