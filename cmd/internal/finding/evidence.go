package finding

import (
	"cmp"
	"slices"
	"strings"
)

// Evidence is what was measured, on the running program, of a finding.
type Evidence struct {
	// Status is [Confirmed] or [NotObserved].
	Status string
	// Weight ranks findings, the greatest first: the greatest share of a whole
	// (CPU time, bytes allocated, time blocked, goroutines) that was measured
	// for the finding, 0 to 1. It is 0 if nothing was observed.
	Weight   float64
	Measures []Measure // the greatest first
}

// The verdicts of evidence. That something was not observed clears nobody: the
// profile may have missed the moment.
const (
	Confirmed   = "confirmed"
	NotObserved = "not observed"
)

// A Measure is one figure that a profile or a trace holds.
type Measure struct {
	Source string  // the file, as it was given
	Kind   string  // cpu, alloc, inuse, mutex, block, goroutine or trace
	Value  float64 // in Unit; 0 if the source has nothing where the finding stands
	Unit   string  // "s/s" of CPU or of waiting, "bytes/s", "goroutines/s"; "s" and "bytes" since the start of the program; "bytes" and "goroutines" of a moment
	Share  float64 // of all that Source holds of the kind, 0 to 1
	Line   bool    // measured at the line of the finding, or else in its function
	Text   string  // for a reader: "31 % of CPU at this line (cpu.pprof)"
}

// Unseen is the text of a measure of nothing, in the finding's function or
// elsewhere.
func Unseen(sources ...string) string {
	n := len(sources) - 1
	if n <= 0 {
		return "not observed in " + strings.Join(sources, "")
	}
	return "not observed in " + strings.Join(sources[:n], ", ") + " and " + sources[n]
}

// String says in one line what was measured: "measured: 31 % of CPU at this line
// (cpu.pprof)", or where it was looked for: "not observed in cpu.pprof".
func (e *Evidence) String() string {
	var seen, near, unseen []string
	for _, m := range e.Measures {
		switch {
		case m.Value > 0:
			seen = append(seen, m.Text)
		case m.Text != Unseen(m.Source):
			near = append(near, m.Text)
		case !slices.Contains(unseen, m.Source):
			unseen = append(unseen, m.Source)
		}
	}
	if len(seen) > 0 {
		return "measured: " + strings.Join(seen, "; ")
	}
	if len(unseen) > 0 {
		near = append(near, Unseen(unseen...))
	}
	return strings.Join(near, "; ")
}

// Rank puts findings with the greatest weight of evidence first. Those without
// keep their order behind them.
func Rank(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int { return cmp.Compare(b.weight(), a.weight()) })
}

func (f Finding) weight() float64 {
	if f.Evidence == nil {
		return 0
	}
	return f.Evidence.Weight
}
