// Package delta tells how counters and histograms of a target have grown between two
// looks. Of the first look, and after a program has started anew, it is what they have
// grown to since that start, and the period says which.
package delta

import (
	"fmt"
	"math"
	"runtime/metrics"
	"strconv"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// sinceStart is the period of what is not compared with an earlier look.
const sinceStart = "since the start"

// Counter returns by how much a counter has grown, and in which period: "in 30s", or
// "since the start".
func Counter(t *target.Target, name string, now float64) (grown float64, period string) {
	if grown, ok := t.Since(name, now); ok {
		return grown, t.Period()
	}
	return now, sinceStart
}

// A Histogram is what a histogram has grown by. The value n times counted in Counts[i]
// is at least Edges[i] and less than Edges[i+1].
type Histogram struct {
	Counts []float64
	Edges  []float64
	Total  float64
	Period string
}

// Of returns by how much a histogram has grown.
func Of(t *target.Target, name string, h *metrics.Float64Histogram) Histogram {
	now := Histogram{Counts: make([]float64, len(h.Counts)), Edges: h.Buckets, Period: sinceStart}
	grown := Histogram{Counts: make([]float64, len(h.Counts)), Edges: h.Buckets, Period: t.Period()}
	for i, count := range h.Counts {
		now.Counts[i] = float64(count)
		now.Total += float64(count)
	}
	_, earlier := t.Since(name, now.Total)
	for i, count := range now.Counts {
		if count == 0 {
			continue // most are, and need not be remembered: what is not counts as zero
		}
		n, _ := t.Since(name+"/"+strconv.Itoa(i), count)
		if n < 0 {
			earlier = false
		}
		grown.Counts[i] = n
		grown.Total += n
	}
	if !earlier {
		return now
	}
	return grown
}

// Quantile returns between which values a quantile lies: 0.99 of what was counted is
// less than high. Nothing counted is 0 to 0; high may be +Inf.
func (h Histogram) Quantile(q float64) (low, high float64) {
	rank, sum := q*h.Total, 0.0
	for i, n := range h.Counts {
		if sum += n; n > 0 && sum >= rank {
			return max(h.Edges[i], 0), h.Edges[i+1]
		}
	}
	return 0, 0
}

// Max returns between which values the largest lies.
func (h Histogram) Max() (low, high float64) { return h.Quantile(1) }

// Coarse reports whether an interval is too wide to judge by its upper end: an exporter
// has merged buckets, the runtime's own are within a quarter of each other from a
// microsecond on.
func Coarse(low, high float64) bool {
	return math.IsInf(high, 1) || high > 2*low && high > 1e-6
}

// Durations observes a histogram of seconds: its 99th percentile and its largest value,
// of so many "pauses". The value is what the percentile is at most, in milliseconds.
func (h Histogram) Durations(id, what, source string) posture.Observation {
	if h.Total == 0 {
		o := posture.Number(id, 0, source, posture.Runtime)
		o.Current = fmt.Sprintf("no %s %s", what, h.Period)
		return o
	}
	low, high := h.Quantile(0.99)
	o := posture.Number(id, high*1e3, source, posture.Runtime)
	switch {
	case math.IsInf(high, 1):
		o.Value = low * 1e3
		o.AtBest = "the largest bucket of the histogram has no end"
	case Coarse(low, high):
		o.Grade = posture.Heuristic // the upper end may be far from the truth
	}
	o.Current = fmt.Sprintf("p99 %s, largest %s, of %.0f %s %s", between(low, high), between(h.Max()), h.Total, what, h.Period)
	return o
}

// between writes an interval of seconds.
func between(low, high float64) string {
	switch {
	case math.IsInf(high, 1):
		return "above " + seconds(low)
	case Coarse(low, high):
		return seconds(low) + " to " + seconds(high)
	}
	return "below " + seconds(high)
}

// seconds writes a duration with three digits.
func seconds(s float64) string {
	d := time.Duration(s * 1e9)
	digit := time.Duration(1)
	for ; d/digit >= 1000; digit *= 10 {
	}
	return d.Round(digit).String()
}
