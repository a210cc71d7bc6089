package tracereport

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// A Report is what there is to say of a trace.
type Report struct {
	*trace.Report
	Source string      // the trace, as the user named it
	Tool   report.Tool // that made the report
	Dir    string      // paths of source files are given from here
	Top    int         // how many groups people are shown; 0: all

	Throttles []Throttle
	Findings  []Finding // of lagvet check that the trace was joined with
	Limits    []Limit
	Failures  []finding.Problem // what was asked for, and could not be done
	Notes     []string
	// Shown says which of Findings stand where a goroutine was, by [PlaceOf].
	Shown map[string][]int
}

// A Throttle is a time between two samples in which the kernel kept the cgroup from
// running.
type Throttle struct {
	Start, End time.Duration // on the clock of the trace
	Throttled  time.Duration // within it, summed over CPUs: it may be longer than the time itself
}

// A Finding is one of lagvet check, which may have been silenced since.
type Finding struct {
	finding.Finding
	Silenced string // by whom and why; "" if it is not
}

// A Limit is what a percentile of a group must not exceed.
type Limit struct {
	Kind       trace.Kind // "" if the groups of any kind with that name are meant
	Group      string
	Percentile string // P50, P99, P99.9, max
	Most       time.Duration
	Is         time.Duration // the longest of those groups
}

// Exceeded reports whether the percentile is beyond the limit.
func (l Limit) Exceeded() bool { return l.Is > l.Most }

// IsText is how long the percentile is, for people.
func (l Limit) IsText() string { return duration(l.Is) }

// MostText is how long it may be.
func (l Limit) MostText() string { return duration(l.Most) }

// PlaceOf identifies what a goroutine was in, and where.
func PlaceOf(c trace.Component, stack []trace.Frame) string {
	b := []byte(c)
	for _, f := range stack {
		b = append(b, 0)
		b = append(b, f.Function...)
		b = append(b, 0)
		b = append(b, f.File...)
		b = append(b, 0)
		b = strconv.AppendInt(b, int64(f.Line), 10)
	}
	return string(b)
}

// findingsOf returns the numbers of the findings that stand where a cause is.
func (r *Report) findingsOf(c trace.Cause) []int { return r.Shown[PlaceOf(c.Component, c.Stack)] }

// A Blame is the time that a finding stands for, at least.
type Blame struct {
	Finding int // in Report.Findings
	Time    time.Duration
}

// Blames returns for which part of the time of causes findings stand: those where the
// goroutines were, or else those where they were that were waited for. The longest
// come first; a time for which several findings stand counts for each.
func (r *Report) Blames(causes []trace.Cause) []Blame {
	sums := make(map[int]time.Duration)
	for i := range r.Findings {
		if t := r.blame(i, causes); t > 0 {
			sums[i] = t
		}
	}
	blames := make([]Blame, 0, len(sums))
	for i, t := range sums {
		blames = append(blames, Blame{i, t})
	}
	slices.SortFunc(blames, func(a, b Blame) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(a.Finding, b.Finding))
	})
	return blames
}

// blame returns the time of causes for which a finding stands. What is behind a cause
// that counts is part of it.
func (r *Report) blame(finding int, causes []trace.Cause) (sum time.Duration) {
	for _, c := range causes {
		if slices.Contains(r.findingsOf(c), finding) {
			sum += c.Time
		} else {
			sum += min(c.Time, r.blame(finding, c.Behind))
		}
	}
	return sum
}

// Tail returns the slice of a group that its tail is judged by: P99, or the highest
// there is. It is nil if there is none.
func Tail(g *trace.Group) *trace.Slice {
	if s := SliceOf(g, "P99"); s != nil {
		return s
	}
	if len(g.Slices) == 0 {
		return nil
	}
	return &g.Slices[len(g.Slices)-1]
}

// SliceOf returns the slice of a name, or nil.
func SliceOf(g *trace.Group, name string) *trace.Slice {
	i := slices.IndexFunc(g.Slices, func(s trace.Slice) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &g.Slices[i]
}

// partOf returns the time of a component among parts.
func partOf(parts []trace.Part, c trace.Component) time.Duration {
	for _, p := range parts {
		if p.Component == c {
			return p.Time
		}
	}
	return 0
}

// share returns the part that t is of whole, 0 to 1.
func share(t, whole time.Duration) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, float64(t)/float64(whole))
}

// shown returns the groups that people are shown, and how many they are not.
func (r *Report) shown() (groups []trace.Group, left int) {
	if r.Top <= 0 || len(r.Groups) <= r.Top {
		return r.Groups, 0
	}
	return r.Groups[:r.Top], len(r.Groups) - r.Top
}
