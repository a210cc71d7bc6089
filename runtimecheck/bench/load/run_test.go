package load

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// steady is a plan of one phase.
func steady(rate float64, d time.Duration) Plan {
	return Plan{Phases: []Phase{{Name: "steady", From: rate, To: rate, For: d}}}
}

func run(t *testing.T, target Func, p Plan) *Result {
	t.Helper()
	r, err := Run(t.Context(), target, p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A target that stands still for a fifth of the time: whoever waits for each answer makes
// few calls meanwhile, and does not see it in P90.
func TestStall(t *testing.T) {
	t.Parallel()
	const period, stall, service = 2 * time.Second, 400 * ms, 5 * ms
	begin := time.Now()
	target := Func(func(context.Context) error {
		if in := time.Since(begin) % period; in >= period-stall {
			time.Sleep(period - in)
		}
		time.Sleep(service)
		return nil
	})
	const long = 2 * period
	closed := make(chan [2]float64)
	go func() {
		var calls, slow float64
		for begun := time.Now(); time.Since(begun) < long; calls++ {
			sent := time.Now()
			_ = target(t.Context()) // it returns none
			if time.Since(sent) > stall/4 {
				slow++
			}
		}
		closed <- [2]float64{calls, slow}
	}()
	r := run(t, target, steady(200, long))
	seen := <-closed
	l := &r.Phase("steady").Latency
	p90, err := l.Percentile(90)
	if err != nil || p90 < stall/4 {
		t.Errorf("P90 is %v, %v, and a fifth of the calls were due while it stood still", p90, err)
	}
	if share := seen[1] / seen[0]; share > 0.05 {
		t.Errorf("of those that waited for each answer %v of %v saw it", seen[1], seen[0])
	}
}

func TestErrorsAreCounted(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	target := func(context.Context) error {
		if n.Add(1)%100 == 0 {
			return &Error{Status, errors.New("it answered 503")}
		}
		return nil
	}
	m := run(t, target, steady(1000, time.Second)).Phase("steady")
	if m.Due != 1000 || m.Latency.Count() != 1000 || m.Failed[Status] != 10 || m.Errors() != 10 {
		t.Errorf("%+v", m)
	}
	if d, err := m.Latency.Percentile(99); err != nil || d == Never {
		t.Errorf("P99 with 1 %% of errors is %v, %v", d, err)
	}
	if d, err := m.Latency.Percentile(99.9); err != nil || d != Never {
		t.Errorf("P99.9 with 1 %% of errors is %v, %v", d, err)
	}
}

// blocked waits until a call's time is over.
func blocked(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func TestUnsent(t *testing.T) {
	t.Parallel()
	p := steady(100, 500*ms)
	p.MaxInFlight, p.Timeout = 5, 5*time.Second
	r := run(t, blocked, p)
	m := r.Phase("steady")
	if m.Unsent != 45 || r.Generator.Unsent != 45 || r.Generator.Workers != 5 || m.Failed[Timeout] != 5 || m.Latency.Count() != 5 {
		t.Errorf("%+v, %+v", m, r.Generator)
	}
	if !strings.Contains(m.Doubt(), "could not keep up") {
		t.Errorf("%q", m.Doubt())
	}
	var unsent int64
	for _, in := range r.Series {
		unsent += in.Unsent
	}
	if unsent != 45 {
		t.Errorf("%d in the series", unsent)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	p := steady(100, 200*ms)
	p.Timeout = 50 * ms
	m := run(t, blocked, p).Phase("steady")
	if m.Unsent != 0 || m.Failed[Timeout] != 20 || m.Throughput() != 0 {
		t.Errorf("%+v", m)
	}
}

// A target that does not come back when its time is over does not hold up the run.
func TestStuck(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	defer close(release)
	p := steady(10, 200*ms)
	p.Timeout = 10 * ms
	r := run(t, func(context.Context) error { <-release; return nil }, p)
	if m := r.Phase("steady"); r.Generator.Stuck != 2 || m.Failed[Timeout] != 2 || len(r.Series) != 1 {
		t.Errorf("%+v, %+v", r.Generator, m)
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	var once sync.Once
	target := Func(func(ctx context.Context) error {
		once.Do(func() { time.AfterFunc(300*ms, func() { cancel(why) }) })
		return blocked(ctx)
	})
	p := steady(100, time.Hour)
	p.Phases = append(p.Phases, Phase{Name: "never", From: 1, To: 1, For: time.Second})
	r, err := Run(ctx, target, p)
	if err != nil {
		t.Fatal(err)
	}
	m := r.Phase("steady")
	if !errors.Is(r.Ended, why) || m.Abandoned == 0 || m.Abandoned != m.Due || m.Errors() != 0 || r.Took > time.Minute {
		t.Errorf("%v, %+v", r.Ended, m)
	}
	if len(m.Spans) != 1 || m.For() > time.Minute || len(r.Phase("never").Spans) != 0 {
		t.Errorf("the spans are %v, %v", m.Spans, r.Phase("never").Spans)
	}
}

// An interrupt that comes when all calls are sent leaves some without an answer.
func TestInterruptedAtTheEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	time.AfterFunc(2*time.Second, cancel)
	r, err := Run(ctx, Func(blocked), steady(100, 100*ms))
	if err != nil {
		t.Fatal(err)
	}
	if m := r.Phase("steady"); !errors.Is(r.Ended, context.Canceled) || m.Due != 10 || m.Abandoned != 10 {
		t.Errorf("%v, %+v", r.Ended, m)
	}
}

// Every call that is due is counted once, in its phase and in the series, whatever the
// shape of the load.
func TestPhases(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	p := Plan{
		Phases: []Phase{
			{Name: "warm-up", From: 50, To: 50, For: 200 * ms, Warmup: true},
			{Name: "steady", From: 100, To: 100, For: 500 * ms},
			{Name: "ramp", From: 100, To: 300, For: 500 * ms},
			{Name: "steady", From: 100, To: 100, For: 500 * ms},
		},
		Interval: 100 * ms, KeepHistograms: true,
	}
	r := run(t, func(context.Context) error { n.Add(1); return nil }, p)
	for name, want := range map[string]int64{"warm-up": 10, "steady": 100, "ramp": 100} {
		if m := r.Phase(name); m.Due != want || m.Latency.Answered() != want || m.Lag.Count() != want || m.Warmup != (name == "warm-up") {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if r.Phase("steady").For() != time.Second || len(r.Phase("steady").Spans) != 2 || n.Load() != 210 || r.Ended != nil {
		t.Errorf("%d calls, %+v", n.Load(), r.Phase("steady").Spans)
	}
	var due int64
	for i, in := range r.Series {
		due += in.Due
		if i > 0 && in.Start < r.Series[i-1].End {
			t.Errorf("interval %d begins before the end of the one before: %+v", i, in)
		}
	}
	if due != 210 || len(r.Series) != 17 {
		t.Errorf("%d calls in %d intervals", due, len(r.Series))
	}
	if r.Generator.Lag.Count() != 210 || r.Generator.Wake.Count() == 0 {
		t.Errorf("the generator tells nothing of itself: %+v", r.Generator)
	}
	checkLog(t, r, 210)
}

// checkLog reads the log of histograms with the library's reader.
func checkLog(t *testing.T, r *Result, want int64) {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteLog(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "Tag=warm-up,") {
		t.Errorf("no tag in\n%.300s", b.String())
	}
	in := hdrhistogram.NewHistogramLogReader(&b)
	var n int64
	for {
		h, err := in.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			break
		}
		n += h.TotalCount()
	}
	if n != want {
		t.Errorf("%d calls in the log, want %d", n, want)
	}
	r.Plan.KeepHistograms = false
	if err := r.WriteLog(&b); err == nil {
		t.Error("what was not kept is written")
	}
}

// A queue that 200 calls leave in a second: in a burst of half a second at 1000 a second it
// grows by 400, and at 40 a second it takes 2.5 s until it is empty. A machine that stands
// still meanwhile makes it last longer, so it is tried three times.
func TestRecoveryOfQueue(t *testing.T) {
	t.Parallel()
	for left := 2; ; left-- {
		r := run(t, queue(200), Plan{
			Phases: []Phase{
				{Name: "steady", From: 40, To: 40, For: time.Second},
				{Name: "burst", From: 1000, To: 1000, For: 500 * ms},
				{Name: "steady", From: 40, To: 40, For: 5 * time.Second},
			},
			Interval: 250 * ms,
		})
		got := r.Recoveries("burst", Criterion{Within: 300 * ms, Hold: 2})
		burst, err := r.Phase("burst").Latency.Percentile(95)
		if err == nil && burst > 600*ms && len(got) == 1 && got[0].Recovered && got[0].Took > time.Second && got[0].Took < 4500*ms {
			return
		}
		if left == 0 {
			t.Fatalf("%+v, want some 2 s (until less than 300 ms wait); P95 in the burst is %v, %v", got, burst, err)
		}
	}
}

// queue returns a target that so many calls leave in a second, one after the other.
func queue(perSecond time.Duration) Func {
	var mu sync.Mutex
	var free time.Time
	return func(context.Context) error {
		mu.Lock()
		if now := time.Now(); free.Before(now) {
			free = now
		}
		free = free.Add(time.Second / perSecond)
		at := free
		mu.Unlock()
		time.Sleep(time.Until(at))
		return nil
	}
}
