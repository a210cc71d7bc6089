package benchcompare

import (
	"fmt"
	"math"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"

	"github.com/lagvet/lagvet/runtimecheck/bench/unit"
)

// Confidence is that of the intervals, and of the test the complement: what benchstat has.
const Confidence = 0.95

// A Verdict says what a row shows.
type Verdict string

// The verdicts.
const (
	Same       Verdict = "same"       // nothing that counts
	Regression Verdict = "regression" // worse, beyond chance, machine and threshold
	Gain       Verdict = "gain"       // better, likewise
	Unclear    Verdict = "unclear"    // it differs as much, and the machine or chance may be why
	TooFew     Verdict = "too few"    // it was measured too few times to tell
	Shown      Verdict = "shown"      // it is not judged
)

// A Row compares one figure of a benchmark.
type Row struct {
	Package   string
	Name      string // without "Benchmark"
	Unit      string // in base units: "p99-sec/op"
	Better    int    // 1 if higher is better, -1 if lower is, 0 if nobody says
	Old, New  Side
	Change    float64 // relative to the old one; +Inf from 0
	P         float64 // of the U-test
	Threshold float64
	Verdict   Verdict
	Why       string  // for Unclear and TooFew
	Causes    []Cause // what moved with a time that is worse, or unclear

	chance bool // the runs are not told apart
}

// A Side is a figure in one of the runs.
type Side struct {
	N              int
	Center, Lo, Hi float64 // the median, and its interval; infinite for too few
}

// noise is half of the interval, relative to the median.
func (s Side) noise() float64 {
	if s.Center == 0 {
		return 0
	}
	return (s.Hi - s.Lo) / 2 / math.Abs(s.Center)
}

// A judge compares the figures of a benchmark.
type judge struct {
	units      benchfmt.UnitMetadataMap
	threshold  *threshold
	needed     int // values for an interval
	allowUnfit bool
}

// needed returns how many values it takes for an interval, of which package benchmath
// tells only in a warning.
func needed() int {
	for n := 2; ; n++ {
		s := benchmath.AssumeNothing.Summary(benchmath.NewSample(make([]float64, n), &benchmath.DefaultThresholds), Confidence)
		if !math.IsInf(s.Lo, 0) && !math.IsInf(s.Hi, 0) {
			return n
		}
	}
}

// rows compares all figures of a benchmark that both runs have.
func (j *judge) rows(p pair) []Row {
	var rows []Row
	for _, u := range p.old.units {
		if _, ok := p.new.values[u]; ok {
			rows = append(rows, j.compare(p, u))
		}
	}
	m := machine(rows)
	m.unfitOld, m.unfitNew = p.old.unfit(), p.new.unfit()
	for i := range rows {
		j.clear(&rows[i], m)
		if v := rows[i].Verdict; (v == Regression || v == Unclear) && isTime(rows[i].Unit) {
			rows[i].Causes = causes(&rows[i], rows)
		}
	}
	return rows
}

// amongMany makes Unclear what differs by no more than one of so many times may by chance:
// the complement of Confidence is for all of them, so that each has its part of it (the
// correction of Bonferroni). What is counted rather than timed has no such noise.
func amongMany(rows []Row) {
	times := 0
	for i := range rows {
		if v := rows[i].Verdict; v != TooFew && v != Shown && isTime(rows[i].Unit) {
			times++
		}
	}
	limit := (1 - Confidence) / float64(times)
	for i := range rows {
		r := &rows[i]
		if (r.Verdict == Regression || r.Verdict == Gain) && isTime(r.Unit) && r.P >= limit {
			r.Verdict = Unclear
			r.Why = fmt.Sprintf("of %d times that are compared one may differ so by chance (p=%.4f, less than %.4f counts), and a greater -count tells more", times, r.P, limit)
		}
	}
}

// compare judges a figure by what was measured of it alone.
func (j *judge) compare(p pair, u string) Row {
	row := Row{Package: p.old.pkg, Name: p.name, Unit: u}
	assume := j.units.GetAssumption(u)
	a := benchmath.NewSample(p.old.values[u], &benchmath.DefaultThresholds)
	b := benchmath.NewSample(p.new.values[u], &benchmath.DefaultThresholds)
	row.Old, row.New = side(assume.Summary(a, Confidence), a), side(assume.Summary(b, Confidence), b)
	c := assume.Compare(a, b)
	row.P = c.P
	row.Change = change(row.Old.Center, row.New.Center)
	row.chance = c.P > c.Alpha || row.overlap()
	limit, named := j.threshold.of(u)
	row.Threshold = limit
	row.Better = j.better(u)
	switch {
	case row.Better == 0 || !named && !judged(u):
		row.Verdict = Shown
	case math.IsInf(row.Old.Hi-row.Old.Lo, 0) || math.IsInf(row.New.Hi-row.New.Lo, 0):
		row.Verdict = TooFew
		row.Why = fmt.Sprintf("%d and %d values, it takes %d of each", row.Old.N, row.New.N, j.needed)
	default:
		row.Verdict = row.verdict()
	}
	return row
}

func side(s benchmath.Summary, of *benchmath.Sample) Side {
	return Side{N: len(of.Values), Center: s.Center, Lo: s.Lo, Hi: s.Hi}
}

func change(old, new float64) float64 {
	switch {
	case old == new:
		return 0
	case old == 0:
		return math.Inf(int(math.Copysign(1, new)))
	}
	return (new - old) / math.Abs(old)
}

// overlap reports whether the intervals have a value in common.
func (r *Row) overlap() bool { return r.Old.Hi >= r.New.Lo && r.New.Hi >= r.Old.Lo }

// verdict holds the difference against chance and the threshold.
func (r *Row) verdict() Verdict {
	if r.chance || math.Abs(r.Change) <= r.Threshold {
		return Same
	}
	if (r.Change > 0) == (r.Better > 0) {
		return Gain
	}
	return Regression
}

// better says which way a unit is better: as the runs have it, or package bench.
func (j *judge) better(tidied string) int {
	if b := j.units.GetBetter(tidied); b != 0 {
		return b
	}
	u, _ := known(tidied)
	return u.Better
}

// judged reports whether a figure is a result, and not what explains one.
func judged(tidied string) bool {
	u, ok := known(tidied)
	return !ok || u.Role == unit.Latency
}

// known returns the unit of package bench that benchfmt has made a tidied one of.
func known(tidied string) (unit.Unit, bool) {
	for _, u := range unit.All() {
		if tidy(u.Name) == tidied {
			return u, true
		}
	}
	return unit.Unit{}, false
}

func tidy(name string) string {
	_, tidied := benchunit.Tidy(1, name)
	return tidied
}

// isTime reports whether a figure depends on how fast the machine is.
func isTime(tidied string) bool {
	return strings.Contains(tidied, "sec") || strings.HasSuffix(tidied, "/s")
}
