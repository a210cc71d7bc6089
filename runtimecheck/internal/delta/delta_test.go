package delta

import (
	"math"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

var start = time.Unix(1_000_000, 0)

func TestCounter(t *testing.T) {
	var tt target.Target
	for i, look := range []struct {
		now, grown float64
		period     string
	}{
		{100, 100, "since the start"},
		{130, 30, "in 10s"},
		{130, 0, "in 10s"},
		{7, 7, "since the start"}, // the program has started anew
	} {
		tt.Begin(start.Add(time.Duration(i) * 10 * time.Second))
		grown, period := Counter(&tt, "c", look.now)
		if grown != look.grown || period != look.period {
			t.Errorf("look %d: %v %s, want %v %s", i, grown, period, look.grown, look.period)
		}
	}
}

func TestHistogram(t *testing.T) {
	edges := []float64{math.Inf(-1), 0, 1, 2, math.Inf(1)}
	var tt target.Target
	for i, look := range []struct {
		counts       []uint64
		total        float64
		period       string
		q            float64
		low, high    float64
		lowM, highM  float64
		missedBefore bool
	}{
		{[]uint64{0, 9, 0, 0}, 9, "since the start", 0.99, 0, 1, 0, 1, false},
		{[]uint64{0, 10, 99, 0}, 100, "in 10s", 0.5, 1, 2, 1, 2, false},
		{[]uint64{0, 10, 99, 1}, 1, "in 10s", 0, 2, math.Inf(1), 2, math.Inf(1), false},
		{[]uint64{0, 10, 99, 1}, 0, "in 10s", 0.99, 0, 0, 0, 0, false},
		{[]uint64{1, 4, 200, 0}, 205, "since the start", 0.01, 0, 1, 1, 2, false}, // set back, in one bucket only
		{[]uint64{1, 4, 300, 0}, 305, "since the start", 0.5, 1, 2, 1, 2, true},   // one look saw nothing
	} {
		if look.missedBefore {
			tt.Begin(start.Add(time.Duration(i)*10*time.Second - time.Second))
		}
		tt.Begin(start.Add(time.Duration(i) * 10 * time.Second))
		h := Of(&tt, "h", &metrics.Float64Histogram{Counts: look.counts, Buckets: edges})
		low, high := h.Quantile(look.q)
		lowM, highM := h.Max()
		if h.Total != look.total || h.Period != look.period || low != look.low || high != look.high || lowM != look.lowM || highM != look.highM {
			t.Errorf("look %d: %+v, quantile %v to %v, largest %v to %v", i, h, low, high, lowM, highM)
		}
	}
}

func TestCoarse(t *testing.T) {
	for _, tt := range []struct {
		low, high float64
		want      bool
	}{
		{1e-4, 1.25e-4, false},
		{0, 64e-9, false}, // the first of the runtime's own
		{1e-4, 1e-3, true},
		{1, math.Inf(1), true},
		{0, 1e-3, true},
	} {
		if got := Coarse(tt.low, tt.high); got != tt.want {
			t.Errorf("%v to %v: %v", tt.low, tt.high, got)
		}
	}
}

func TestDurations(t *testing.T) {
	for name, tt := range map[string]struct {
		h      Histogram
		value  float64
		says   string
		grade  posture.Grade
		atBest bool
	}{
		"none":    {Histogram{Period: "in 30s"}, 0, "no pauses in 30s", posture.Runtime, false},
		"fine":    {Histogram{[]float64{990, 10}, []float64{4e-4, 5e-4, 6e-4}, 1000, "in 30s"}, 0.5, "p99 below 500µs, largest below 600µs, of 1000 pauses in 30s", posture.Runtime, false},
		"coarse":  {Histogram{[]float64{0, 7, 0}, []float64{0, 1e-4, 1e-3, 1}, 7, "since the start"}, 1, "p99 100µs to 1ms, largest 100µs to 1ms, of 7 pauses since the start", posture.Heuristic, false},
		"endless": {Histogram{[]float64{1, 9}, []float64{0, 1.2345, math.Inf(1)}, 10, "in 1s"}, 1234.5, "p99 above 1.23s, largest above 1.23s, of 10 pauses in 1s", posture.Runtime, true},
	} {
		o := tt.h.Durations("a.b", "pauses", "a file")
		if math.Abs(o.Value-tt.value) > 1e-9 || o.Current != tt.says || o.Grade != tt.grade || (o.AtBest != "") != tt.atBest {
			t.Errorf("%s: %+v", name, o)
		}
	}
}
