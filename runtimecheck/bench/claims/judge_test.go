package claims

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// around returns n values about a middle, of which the outermost are spread away from it.
func around(middle, spread float64, n int) []float64 {
	var values []float64
	for i := range n {
		values = append(values, middle+spread*(2*float64(i)/float64(n-1)-1))
	}
	return values
}

// synthetic has readings in ns/op of two arms.
func synthetic(a, b []float64) *Measurement {
	ops := make([]int64, len(a))
	return &Measurement{Arms: []Arm{
		{Name: "a", Ops: ops, Readings: []Readings{{"ns/op", a}}},
		{Name: "b", Ops: ops, Readings: []Readings{{"ns/op", b}}},
	}}
}

func TestJudge(t *testing.T) {
	faster, more, less := faster("a", "b", "ns/op", 0.25), more("a", "b", "ns/op", 4), less("a", "b", "ns/op")
	value := Condition{Arm: "a", Unit: "ns/op", Claimed: 100, Max: 100}
	both := Condition{Arm: "a", Unit: "ns/op", Min: 50, Max: 100}
	beyond := Condition{Arm: "a", Beyond: "b", Unit: "ns/op", Claimed: 10, Min: 5}
	steady := around(100, 1, 11)
	tests := []struct {
		name   string
		q      Condition
		a, b   []float64
		want   Verdict
		reason string
	}{
		{"as claimed", faster, around(25, 1, 11), steady, Holds, ""},
		{"half of it", faster, around(45, 1, 11), steady, Holds, ""},
		{"less than half of it", faster, around(80, 1, 11), steady, Fails, "there is an effect, but it is smaller"},
		{"nothing of it", faster, around(100, 1, 11), steady, Fails, "×1 ["},
		{"the contrary", faster, around(200, 1, 11), steady, Fails, "×2 ["},
		{"scattered about the bound", faster, around(50, 40, 11), steady, Noisy, "and the bound is at most ×0.5"},
		{"five rounds", faster, around(25, 1, 5), around(100, 1, 5), Noisy, "5 rounds are too few to tell"},
		{"six rounds", faster, around(25, 1, 6), around(100, 1, 6), Holds, ""},
		{"one outlier", faster, append(around(25, 1, 10), 1e6), steady, Holds, ""},
		{"more, as claimed", more, around(400, 1, 11), steady, Holds, ""},
		{"more, too little", more, around(150, 1, 11), steady, Fails, "there is an effect, but it is smaller"},
		{"more, but less", more, around(50, 1, 11), steady, Fails, "×0.5"},
		{"more, scattered", more, around(200, 150, 11), steady, Noisy, "at least ×2"},
		{"less", less, around(90, 1, 11), steady, Holds, ""},
		{"the same is not less", less, steady, steady, Fails, "×1 [×1, ×1]"},
		{"within a value", value, around(90, 1, 11), steady, Holds, ""},
		{"beyond a value", value, around(110, 1, 11), steady, Fails, "110 ns [10"},
		{"about a value", value, around(100, 5, 11), steady, Noisy, ""},
		{"between two", both, around(75, 1, 11), steady, Holds, ""},
		{"below both", both, around(40, 1, 11), steady, Fails, ""},
		{"above both", both, around(140, 1, 11), steady, Fails, ""},
		{"a difference", beyond, around(110, 1, 11), steady, Holds, ""},
		{"too small a difference", beyond, around(102, 0.1, 11), around(100, 0.1, 11), Fails, ""},
		{"a negative difference", beyond, around(90, 0.1, 11), around(100, 0.1, 11), Fails, "-10 ns"},
		{"none against none", faster, make([]float64, 11), make([]float64, 11), Noisy, "the other arm showed none"},
		{"none against some", faster, make([]float64, 11), steady, Holds, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := slices.Clone(tt.a), slices.Clone(tt.b)
			slices.Reverse(a) // the rounds are paired, and not in the order of their size
			slices.Reverse(b)
			m := synthetic(a, b)
			r := Judge(Claim{ID: "x.y", Holds: []Condition{tt.q}}, m, 2*time.Second)
			if r.Verdict != tt.want || !strings.Contains(r.Reason, tt.reason) || (r.Reason == "") != (tt.want == Holds) {
				t.Errorf("%s: %q; want %s: %q", r.Verdict, r.Reason, tt.want, tt.reason)
			}
			f := r.Findings[0]
			if f.N > 0 && (f.Low > f.Median || f.Median > f.High || f.Confidence <= 0 || f.Confidence > 1) {
				t.Errorf("%+v", f)
			}
			if m.Arms[0].Readings[0].Values[0] != a[0] || r.Took != 2 {
				t.Error("the readings were put in another order")
			}
		})
	}
}

// The intervals of both sizes leave out as many stalls as they say.
func TestSizes(t *testing.T) {
	for _, tt := range []struct {
		size   Size
		stalls int
	}{{Full(), 2}, {Quick(), 1}} {
		values := around(25, 1, tt.size.Rounds-tt.stalls)
		for range tt.stalls {
			values = append(values, 1e6)
		}
		if _, low, high, level := interval(values); low < 24 || high > 26 || level < confidence {
			t.Errorf("%d stalls in %d rounds make it [%v, %v], with %v", tt.stalls, tt.size.Rounds, low, high, level)
		}
	}
}

// Ratios are of readings of one round: what drifts over the rounds cancels.
func TestPaired(t *testing.T) {
	var a, b []float64
	for i := range 11 {
		drift := math.Pow(2, float64(i))
		a, b = append(a, 30*drift), append(b, 100*drift)
	}
	r := Judge(Claim{Holds: []Condition{faster("a", "b", "ns/op", 0.25)}}, synthetic(a, b), 0)
	if f := r.Findings[0]; r.Verdict != Holds || f.Median != 0.3 || f.High-f.Low > 1e-9 || f.P < 0.05 {
		t.Errorf("%s, %+v", r.Verdict, f)
	}
}

// All conditions must be met, and what is clear goes before what is not.
func TestSeveralConditions(t *testing.T) {
	m := synthetic(around(25, 1, 11), around(100, 1, 11))
	holds, fails, noisy := Condition{Arm: "a", Unit: "ns/op", Max: 50}, Condition{Arm: "a", Unit: "ns/op", Max: 10}, Condition{Arm: "a", Unit: "ns/op", Max: 25}
	for _, tt := range []struct {
		q    []Condition
		want Verdict
		said int // reasons
	}{
		{[]Condition{holds, holds}, Holds, 0},
		{[]Condition{holds, noisy}, Noisy, 1},
		{[]Condition{noisy, noisy}, Noisy, 2},
		{[]Condition{noisy, fails, holds}, Fails, 1},
		{[]Condition{fails, noisy, fails}, Fails, 2},
	} {
		r := Judge(Claim{Holds: tt.q}, m, 0)
		said := 0
		if r.Reason != "" {
			said = strings.Count(r.Reason, "; ") + 1
		}
		if r.Verdict != tt.want || said != tt.said {
			t.Errorf("%s, want %s: %s", r.Verdict, tt.want, r.Reason)
		}
	}
}

func TestJudgeWithoutReadings(t *testing.T) {
	c := Claim{ID: "x.y", Effect: time.Millisecond, Holds: []Condition{faster("a", "b", "ns/op", 0.25)}}
	unequal := synthetic(around(1, 0, 6), around(1, 0, 7))
	loud := &Noise{P99: 3e6}
	for _, tt := range []struct {
		m      *Measurement
		want   Verdict
		reason string
	}{
		{&Measurement{NotHere: "no such thing"}, NotHere, "no such thing"},
		{&Measurement{Noise: loud, Unfit: true}, Noisy, "wakes up to 3 ms late (P99), and the effect to be seen is 1 ms"},
		{&Measurement{Noise: loud, Unfit: true, Arms: synthetic(around(25, 1, 11), around(100, 1, 11)).Arms}, Noisy, "wakes up to 3 ms late"},
		{&Measurement{}, Broken, "no readings of a in ns/op"},
		{unequal, Broken, "7 readings of b in ns/op, and 6 of a"},
	} {
		r := Judge(c, tt.m, 0)
		if r.Verdict != tt.want || !strings.Contains(r.Reason, tt.reason) {
			t.Errorf("%s: %s; want %s: %s", r.Verdict, r.Reason, tt.want, tt.reason)
		}
	}
}

func TestWords(t *testing.T) {
	for _, tt := range []struct {
		v    float64
		unit string
		want string
	}{
		{0.123456, "ns/op", "0.123 ns"}, {1234, "p99-ns/op", "1.23 µs"}, {18.3e6, "pause-max-ns", "18.3 ms"}, {2.5e9, "ns", "2.5 s"},
		{-1500, "ns/op", "-1.5 µs"}, {0, "B/op", "0 B"}, {2048, "B/op", "2 KiB"}, {3 << 20, "B/op", "3 MiB"},
		{410_000, "op/s", "410 k op/s"}, {3.158e6, "op/s", "3.16 M op/s"}, {12, "op/s", "12 op/s"},
		{12.345, "assist-%", "12.3 %"}, {0.00019, "allocs/op", "0.00019"}, {1.5, "counted/computed", "1.5"}, {1e15, "cycles", "1000000000000000"},
	} {
		if got := Value(tt.v, tt.unit); got != tt.want {
			t.Errorf("%v %s is written %q, want %q", tt.v, tt.unit, got, tt.want)
		}
	}
	q := Condition{Arm: "a", Unit: "ns/op", Min: 7.5, Max: 15}
	if got := q.Of() + ": " + q.Bound() + q.Figure(); got != "ns/op of a: at least 7.5 ns and at most 15 ns" {
		t.Error(got)
	}
	if got := faster("a", "b", "ns/op", 0.25); got.Of() != "ns/op of a against b" || got.Figure() != "×0.25" || got.Bound() != "at most ×0.5" {
		t.Error(got.Of(), got.Figure(), got.Bound())
	}
}
