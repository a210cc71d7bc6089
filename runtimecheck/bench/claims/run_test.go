package claims

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// heard is a listener that hears one P99 after the other, in ns, and then no more.
func heard(all ...float64) listener {
	return func(context.Context, time.Duration) (*Noise, error) {
		if len(all) == 0 {
			return nil, errors.New("it listens too often")
		}
		p99 := all[0]
		all = all[1:]
		return &Noise{P99: p99, Max: p99}, nil
	}
}

// Where the noise is larger than the effect, before or after, there are no figures,
// unless somebody wants them anyway.
func TestNoise(t *testing.T) {
	const effect = time.Millisecond
	quiet, loud := 1e5, 2e6
	for _, tt := range []struct {
		name                 string
		effect               time.Duration
		heard                []float64
		anyway               bool
		benched, unfit, arms bool
		p99                  float64
	}{
		{"quiet", effect, []float64{quiet, quiet}, false, true, false, true, quiet},
		{"a burst before", effect, []float64{loud, loud, quiet, quiet}, false, true, false, true, quiet},
		{"loud before", effect, []float64{loud, 3e6, 4e6}, false, false, true, false, loud},
		{"loud after", effect, []float64{quiet, loud}, false, true, true, false, loud},
		{"loud before, anyway", effect, []float64{loud, loud, loud, quiet}, true, true, true, true, loud},
		{"loud after, anyway", effect, []float64{quiet, loud}, true, true, true, true, loud},
		{"no tail", 0, nil, false, true, false, true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			benched := false
			c := Claim{ID: "x.y", Effect: tt.effect, bench: func(ctx context.Context, r *run) error {
				benched = true
				r.m.add("a", sample{1, []reading{{"ns/op", 1}}})
				return nil
			}}
			m, err := c.measure(t.Context(), Size{Time: time.Second, Rounds: 1, Anyway: tt.anyway}, heard(tt.heard...))
			if err != nil {
				t.Fatal(err)
			}
			if benched != tt.benched || m.Unfit != tt.unfit || (len(m.Arms) > 0) != tt.arms {
				t.Errorf("benched %v, unfit %v, %d arms", benched, m.Unfit, len(m.Arms))
			}
			if tt.p99 > 0 && m.Noise.P99 != tt.p99 || tt.p99 == 0 && m.Noise != nil {
				t.Errorf("the noise is %+v, want %v", m.Noise, tt.p99)
			}
		})
	}
}

func TestListen(t *testing.T) {
	n, err := listen(t.Context(), 30*time.Millisecond)
	if err != nil || n.P99 <= 0 || n.Max < n.P99 {
		t.Errorf("%+v, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := listen(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("%v; it was cancelled", err)
	}
}

// Arms take turns, each round beginning with another one, and what is warmed up is not
// kept.
func TestInterleave(t *testing.T) {
	var order []string
	three := func(name string) arm {
		return arm{name, func(context.Context, time.Duration) (sample, error) {
			order = append(order, name)
			return sample{int64(len(order)), []reading{{"ns/op", float64(len(order))}, {"B/op", 0}}}, nil
		}}
	}
	r := &run{size: Size{Time: time.Second, Rounds: 3}}
	if err := r.interleave(t.Context(), three("a"), three("b"), three("c")); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, ""); got != "abc"+"abc"+"bca"+"cab" {
		t.Errorf("the order is %s", got)
	}
	if got := r.m.Values("b", "ns/op"); !slices.Equal(got, []float64{5, 7, 12}) {
		t.Errorf("the readings of b are %v", got)
	}
	if r.m.Values("b", "p99-ns/op") != nil || r.m.Values("d", "ns/op") != nil {
		t.Error("there are readings that nobody took")
	}
}

func TestBenchErrors(t *testing.T) {
	fault := errors.New("a fault")
	at := func(n int) arm {
		return arm{"a", func(context.Context, time.Duration) (sample, error) {
			if n--; n == 0 {
				return sample{}, fault
			}
			return sample{ops: 1}, nil
		}}
	}
	for n, want := range map[int]string{1: "warming up a: a fault", 2: "a, round 1: a fault", 4: "a, round 3: a fault"} {
		r := &run{size: Size{Time: time.Second, Rounds: 3}}
		if err := r.interleave(t.Context(), at(n)); !errors.Is(err, fault) || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	c := Claim{ID: "x.y", bench: func(context.Context, *run) error { return fmt.Errorf("wrapped: %w", unmeasurable("no such %s", "CPU")) }}
	if m, err := c.Measure(t.Context(), tiny()); err != nil || m.NotHere != "no such CPU" {
		t.Errorf("%+v, %v", m, err)
	}
	c.needs, c.Effect = func() error { return unmeasurable("no second CPU") }, time.Millisecond
	if m, err := c.measure(t.Context(), tiny(), heard()); err != nil || m.NotHere != "no second CPU" {
		t.Errorf("%+v, %v; what is needed is asked for before anybody listens", m, err)
	}
	c.needs, c.Effect = nil, 0
	c.bench = func(context.Context, *run) error { return fault }
	if _, err := c.Measure(t.Context(), tiny()); !errors.Is(err, fault) || !strings.Contains(err.Error(), "measuring x.y") {
		t.Errorf("%v", err)
	}
}

// A batch in which the thread had to wait does not count as the cost of a call: the cost
// of all calls together is then a small part of the time that they took.
func TestRepeatIgnoresStalls(t *testing.T) {
	const tries, stall = 5, 20 * time.Millisecond
	n := steps(100 * time.Nanosecond)
	share := 0.0
	for range tries { // a loaded machine may stall the other batches too
		calls, batches := 0, 0
		start := time.Now()
		ops, cost := repeat(t.Context(), 300*time.Millisecond, func(k int) {
			calls += k
			for range k {
				turn(n)
			}
			if batches++; batches%6 == 0 {
				time.Sleep(stall)
			}
		})
		if int(ops) != calls {
			t.Fatalf("%d operations were counted, and %d done", ops, calls)
		}
		if share = cost * float64(ops) / nanoseconds(time.Since(start)); share < 0.25 {
			return
		}
	}
	t.Errorf("calls are said to take %.2f of the time, of which most was stalls", share)
}
