package load

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestPlanValid(t *testing.T) {
	good := Phase{Name: "a", From: 10, To: 10, For: time.Second}
	tests := []struct {
		name string
		plan Plan
		want string // "" for a valid plan
	}{
		{"good", Plan{Phases: []Phase{good, {Name: "b", From: 0, To: 5, For: time.Second}, good}}, ""},
		{"no phase", Plan{}, "no phase"},
		{"no name", Plan{Phases: []Phase{{From: 1, To: 1, For: 1}}}, "no name"},
		{"no time", Plan{Phases: []Phase{{Name: "a", From: 1, To: 1}}}, "lasts 0s"},
		{"a negative rate", Plan{Phases: []Phase{{Name: "a", From: -1, To: 1, For: 1}}}, "its rate"},
		{"no number", Plan{Phases: []Phase{{Name: "a", From: math.NaN(), To: 1, For: 1}}}, "its rate"},
		{"too high a rate", Plan{Phases: []Phase{{Name: "a", From: 1, To: 2e6, For: 1}}}, "its rate"},
		{"a warm-up and none", Plan{Phases: []Phase{good, {Name: "a", From: 1, To: 1, For: 1, Warmup: true}}}, "is a warm-up, and is none"},
		{"arrivals", Plan{Phases: []Phase{good}, Arrivals: "bursty"}, `arrivals are "bursty"`},
		{"timeout", Plan{Phases: []Phase{good}, Timeout: time.Hour}, "the timeout is"},
		{"in flight", Plan{Phases: []Phase{good}, MaxInFlight: -1}, "at the same time"},
		{"interval", Plan{Phases: []Phase{good}, Interval: time.Microsecond}, "the interval is"},
	}
	for _, tt := range tests {
		err := tt.plan.Valid()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := Run(t.Context(), Func(nil), Plan{}); err == nil {
		t.Error("a plan that is not valid runs")
	}
}

func TestInFlight(t *testing.T) {
	phase := func(rate float64) []Phase { return []Phase{{Name: "a", From: 1, To: rate, For: time.Second}} }
	tests := []struct {
		plan Plan
		want int
	}{
		{Plan{Phases: phase(100), Timeout: time.Second}, 161}, // 100 are due, and 6 standard deviations
		{Plan{Phases: phase(1e6)}, DefaultInFlight},
		{Plan{Phases: phase(1e6), MaxInFlight: 3}, 3},
	}
	for _, tt := range tests {
		if got := tt.plan.InFlight(); got != tt.want {
			t.Errorf("%+v: %d, want %d", tt.plan, got, tt.want)
		}
	}
}

// all returns when the calls of a plan are due, and how many in each segment.
func all(t *testing.T, p Plan) (due []time.Duration, in []int) {
	t.Helper()
	s := newSchedule(p)
	in = make([]int, len(p.Phases))
	for {
		at, segment, ok := s.call()
		if !ok {
			return due, in
		}
		if n := len(due); n > 0 && at < due[n-1] {
			t.Fatalf("call %d is due at %v, before the one before it", n, at)
		}
		if seg := s.segments[segment]; at < seg.start || at >= seg.end() {
			t.Fatalf("%v is not in segment %d, which is from %v to %v", at, segment, seg.start, seg.end())
		}
		due, in = append(due, at), append(in[:segment], append([]int{in[segment] + 1}, in[segment+1:]...)...)
	}
}

func TestSchedule(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name   string
		phases []Phase
		counts []int
		some   map[int]time.Duration // when some calls are due
	}{
		{"constant", []Phase{{"a", 4, 4, s, false}}, []int{4}, map[int]time.Duration{0: 0, 1: s / 4, 3: 3 * s / 4}},
		{"steps", []Phase{{"a", 10, 10, s, false}, {"b", 30, 30, 2 * s, false}}, []int{10, 60}, map[int]time.Duration{10: s, 40: 2 * s}},
		{"a third of a call carries over", []Phase{{"a", 1, 1, s + s/2, false}, {"b", 1, 1, s + s/2, false}}, []int{2, 1}, map[int]time.Duration{2: 2 * s}},
		// t²·50 = n: half of the calls are due in the last 29 % of the time.
		{"a ramp from 0", []Phase{{"a", 0, 100, s, false}}, []int{50}, map[int]time.Duration{0: 0, 8: 400 * time.Millisecond, 32: 800 * time.Millisecond}},
		{"a ramp down", []Phase{{"a", 100, 0, s, false}}, []int{50}, map[int]time.Duration{18: 200 * time.Millisecond, 42: 600 * time.Millisecond}},
		{"a pause", []Phase{{"a", 2, 2, s, false}, {"b", 0, 0, s, false}, {"a", 2, 2, s, false}}, []int{2, 0, 2}, map[int]time.Duration{2: 2 * s}},
	}
	for _, tt := range tests {
		due, in := all(t, Plan{Phases: tt.phases})
		for i, want := range tt.counts {
			if in[i] != want {
				t.Errorf("%s: %d calls in phase %d, want %d", tt.name, in[i], i, want)
			}
		}
		for i, want := range tt.some {
			if d := due[i] - want; d < -time.Microsecond || d > time.Microsecond {
				t.Errorf("%s: call %d is due at %v, want %v", tt.name, i, due[i], want)
			}
		}
	}
}

// Poisson arrivals have the rate's mean, and gaps whose standard deviation is their mean.
func TestPoisson(t *testing.T) {
	p := Plan{Phases: []Phase{{Name: "a", From: 1000, To: 1000, For: 100 * time.Second}}, Arrivals: Poisson, Seed: 7}
	due, _ := all(t, p)
	if n := len(due); n < 98_500 || n > 101_500 { // 100,000 ± 4.7 standard deviations
		t.Errorf("%d calls", n)
	}
	var sum, squares float64
	for i := 1; i < len(due); i++ {
		gap := (due[i] - due[i-1]).Seconds() * 1000
		sum += gap
		squares += gap * gap
	}
	n := float64(len(due) - 1)
	mean := sum / n
	if deviation := math.Sqrt(squares/n - mean*mean); math.Abs(deviation/mean-1) > 0.03 {
		t.Errorf("gaps have mean %v and deviation %v", mean, deviation)
	}
	again, _ := all(t, p)
	p.Seed++
	other, _ := all(t, p)
	if again[5] != due[5] || other[5] == due[5] {
		t.Error("the seed does not decide")
	}
}
