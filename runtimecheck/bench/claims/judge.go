package claims

import (
	"fmt"
	"math"
	"slices"
	"time"

	"golang.org/x/perf/benchmath"
)

// A Verdict is what a measurement says of a claim.
type Verdict string

// The verdicts.
const (
	Holds   Verdict = "holds"
	Fails   Verdict = "does not hold"
	Noisy   Verdict = "too noisy to tell"
	NotHere Verdict = "not measurable here"
	Broken  Verdict = "failed" // the bench did, by a panic, a crash or by taking too long
)

// Verdicts returns all verdicts.
func Verdicts() []Verdict { return []Verdict{Holds, Fails, Noisy, NotHere, Broken} }

// A Result is what there is to say of a claim on this machine.
type Result struct {
	ID       string    `json:"id"`
	Verdict  Verdict   `json:"verdict"`
	Reason   string    `json:"reason,omitempty"`   // why there is none, or what is on the wrong side
	Findings []Finding `json:"findings,omitempty"` // one for each condition
	Took     float64   `json:"took_seconds"`
	Measurement
}

// A Finding is a condition, and what was measured of it.
type Finding struct {
	Condition
	Verdict    Verdict `json:"verdict"`
	Median     float64 `json:"median"`
	Low        float64 `json:"low"`  // of the confidence interval
	High       float64 `json:"high"` // of the confidence interval
	Confidence float64 `json:"confidence"`
	P          float64 `json:"p,omitempty"` // that both arms are alike, by the U-test; of two arms
	N          int     `json:"n"`           // rounds
}

// confidence is that of the intervals, at least: what benchstat takes.
const confidence = 0.95

// Judge says what a measurement of a claim means.
func Judge(c Claim, m *Measurement, took time.Duration) Result {
	r := Result{ID: c.ID, Took: took.Seconds(), Measurement: *m}
	switch {
	case m.NotHere != "":
		r.Verdict, r.Reason = NotHere, m.NotHere
		return r
	case m.Unfit && len(m.Arms) == 0:
		r.Verdict, r.Reason = Noisy, c.tooLoud(m.Noise)
		return r
	}
	for _, q := range c.Holds {
		f, err := find(q, m)
		if err != nil {
			return broken(c, took, err.Error())
		}
		r.Findings = append(r.Findings, f)
	}
	r.Verdict, r.Reason = sum(r.Findings)
	if m.Unfit {
		r.Verdict, r.Reason = Noisy, c.tooLoud(m.Noise)
	}
	return r
}

// tooLoud says that the noise hides the effect.
func (c Claim) tooLoud(n *Noise) string {
	return fmt.Sprintf("an idle goroutine of this machine wakes up to %s late (P99), and the effect to be seen is %s", brief(n.P99), brief(nanoseconds(c.Effect)))
}

// broken is the result of a bench that yielded nothing.
func broken(c Claim, took time.Duration, reason string) Result {
	return Result{ID: c.ID, Verdict: Broken, Reason: reason, Took: took.Seconds()}
}

// find holds a condition against the readings.
func find(q Condition, m *Measurement) (Finding, error) {
	f := Finding{Condition: q}
	values := slices.Clone(m.Values(q.Arm, q.Unit))
	if values == nil {
		return f, fmt.Errorf("the bench has no readings of %s in %s", q.Arm, q.Unit)
	}
	if other := q.Against + q.Beyond; other != "" { // there is one of them at most
		others := slices.Clone(m.Values(other, q.Unit))
		if len(others) != len(values) {
			return f, fmt.Errorf("the bench has %d readings of %s in %s, and %d of %s", len(others), other, q.Unit, len(values), q.Arm)
		}
		compared := q.compare(values, others)
		f.P = benchmath.AssumeNothing.Compare(newSample(values), newSample(others)).P
		values = compared
	}
	if f.N = len(values); f.N == 0 {
		f.Verdict = Noisy
		return f, nil
	}
	f.Median, f.Low, f.High, f.Confidence = interval(values)
	f.Verdict = f.judge()
	return f, nil
}

// compare returns the ratios or the differences, round by round. There is no ratio to an
// arm that showed nothing at all in a round.
func (q Condition) compare(values, others []float64) []float64 {
	var all []float64
	for i, v := range values {
		switch {
		case q.Beyond != "":
			all = append(all, v-others[i])
		case others[i] != 0:
			all = append(all, v/others[i])
		}
	}
	return all
}

func newSample(values []float64) *benchmath.Sample {
	thresholds := benchmath.DefaultThresholds
	return benchmath.NewSample(values, &thresholds)
}

// interval returns the median and its confidence interval. Where there are too few
// values for one, it is from the least to the largest, with the confidence that this
// gives: a median lies outside only if all n values fell on one side of it.
func interval(values []float64) (median, low, high, level float64) {
	s := newSample(values)
	sum := benchmath.AssumeNothing.Summary(s, confidence)
	if n := len(s.Values); math.IsInf(sum.Lo, 0) || math.IsInf(sum.Hi, 0) {
		return sum.Center, s.Values[0], s.Values[n-1], 1 - math.Pow(0.5, float64(n-1))
	}
	return sum.Center, sum.Lo, sum.Hi, sum.Confidence
}

// judge says on which side of the bounds the interval lies.
func (f Finding) judge() Verdict {
	switch {
	case f.Confidence < confidence:
		return Noisy
	case f.Max > 0 && f.Low >= f.Max, f.Min > 0 && f.High <= f.Min:
		return Fails
	case f.Max > 0 && f.High >= f.Max, f.Min > 0 && f.Low <= f.Min:
		return Noisy
	}
	return Holds
}

// sum makes one verdict of those of all conditions, each of which must be met, and says
// which ones were not.
func sum(findings []Finding) (Verdict, string) {
	var all string
	verdict := Holds
	for _, v := range []Verdict{Noisy, Fails} {
		for _, f := range findings {
			if f.Verdict != v {
				continue
			}
			if verdict != v {
				verdict, all = v, ""
			}
			if all != "" {
				all += "; "
			}
			all += f.explain()
		}
	}
	return verdict, all
}

// explain says what is not as it would have to be.
func (f Finding) explain() string {
	what := f.Of()
	switch {
	case f.N == 0:
		return what + ": the other arm showed none in any round"
	case f.Confidence < confidence:
		return fmt.Sprintf("%s: %d rounds are too few to tell, six are needed", what, f.N)
	}
	said := fmt.Sprintf("%s: %s where %s would do", what, f.Measured(), f.Bound())
	if f.Verdict == Noisy {
		return fmt.Sprintf("%s: %s, and the bound is %s", what, f.Measured(), f.Bound())
	}
	if f.right() {
		said += ": there is an effect, but it is smaller"
	}
	return said
}

// right reports whether a ratio that missed its bound is on the side that was claimed.
func (f Finding) right() bool {
	if f.Against == "" || f.Claimed == 0 {
		return false
	}
	if f.Max > 0 {
		return f.High < 1
	}
	return f.Low > 1
}

// Median returns the median of readings, of which there is at least one.
func Median(values []float64) float64 {
	median, _, _, _ := interval(slices.Clone(values))
	return median
}
