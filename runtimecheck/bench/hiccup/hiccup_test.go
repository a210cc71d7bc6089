package hiccup_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/lagvet/lagvet/runtimecheck/bench/hiccup"
)

// measure runs a meter for a time, and fails the test if it cannot.
func measure(t *testing.T, o hiccup.Options, during func()) hiccup.Result {
	t.Helper()
	m, err := hiccup.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	during()
	r, err := m.Stop()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestMeter(t *testing.T) {
	r := measure(t, hiccup.Options{}, func() { time.Sleep(100 * time.Millisecond) })
	g := r.Goroutine
	if g == nil || g.Count() == 0 {
		t.Fatal("nothing was measured")
	}
	// Each wake-up takes an interval and what it was late, so there cannot be more.
	if most := int64(r.Elapsed / r.Interval); g.Count() > most {
		t.Errorf("%d wake-ups in %v, at most %d fit", g.Count(), r.Elapsed, most)
	}
	if p50, p99, largest := g.Quantile(0.5), g.Quantile(0.99), g.Max(); p50 <= 0 || p50 > p99 || p99 > largest {
		t.Errorf("the median is %v, p99 %v, the largest %v", p50, p99, largest)
	}
	if r.Interval != hiccup.DefaultInterval || r.Thread != nil || r.Cause() != hiccup.Unknown {
		t.Errorf("the defaults are not those that are documented: %+v", r)
	}
	if v := g.Values(); v.TotalCount() != g.Count() {
		t.Errorf("the copy holds %d of %d", v.TotalCount(), g.Count())
	}
}

// A goroutine that never lets go of the only P keeps others from running for as long as
// the runtime lets it, which is some 10 ms: ten times the interval.
func TestSchedulerHiccup(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	o := hiccup.Options{Thread: runtime.GOOS == "linux"}
	busy := measure(t, o, func() { spin(500 * time.Millisecond) })
	if p50 := busy.Goroutine.Quantile(0.5); p50 < 2*time.Millisecond {
		t.Errorf("beside a busy loop half of the wake-ups are late by %v at most", p50)
	}
	if !o.Thread {
		return
	}
	if busy.Scheduler.Count() == 0 || busy.LateScheduler == 0 {
		t.Errorf("the thread never waited for a P: %d of %d wake-ups", busy.Scheduler.Count(), busy.Thread.Count())
	}
	if busy.Thread.Count() != busy.Kernel.Count()+busy.Scheduler.Count() {
		t.Errorf("%d wake-ups, and %d + %d of either kind", busy.Thread.Count(), busy.Kernel.Count(), busy.Scheduler.Count())
	}
}

func spin(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}

func TestCause(t *testing.T) {
	with := func(kernel, scheduler time.Duration) hiccup.Result {
		return hiccup.Result{Thread: new(hiccup.Histogram), LateKernel: kernel, LateScheduler: scheduler}
	}
	for want, r := range map[hiccup.Cause]hiccup.Result{
		hiccup.Unknown:   {LateKernel: time.Second},
		hiccup.Nobody:    with(0, 0),
		hiccup.Kernel:    with(2, 1),
		hiccup.Scheduler: with(1, 2),
	} {
		if got := r.Cause(); got != want {
			t.Errorf("the cause is %s, want %s", got, want)
		}
	}
}

func TestLog(t *testing.T) {
	var log bytes.Buffer
	before := time.Now().Truncate(time.Millisecond)
	o := hiccup.Options{Log: &log, LogEvery: 20 * time.Millisecond, Thread: runtime.GOOS == "linux"}
	r := measure(t, o, func() { time.Sleep(100 * time.Millisecond) })
	after := time.Now().Add(time.Millisecond)

	for _, head := range []string{"#[Histogram log format version 1.3]\n", "#[BaseTime: ", "#[StartTime: ", `"StartTimestamp"`} {
		if !strings.Contains(log.String(), head) {
			t.Errorf("the log has no %q", head)
		}
	}
	counts := make(map[string]int64)
	intervals := 0
	for reader := hdrhistogram.NewHistogramLogReader(&log); ; intervals++ {
		h, err := reader.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			break
		}
		counts[h.Tag()] += h.TotalCount()
		if start, end := time.UnixMilli(h.StartTimeMs()+1), time.UnixMilli(h.EndTimeMs()); start.Before(before) || end.After(after) {
			t.Errorf("an interval from %v to %v, measured from %v to %v", start, end, before, after)
		}
	}
	if intervals < 2 {
		t.Errorf("%d intervals in 100 ms", intervals)
	}
	if got, want := counts["goroutine"], r.Goroutine.Count(); got != want {
		t.Errorf("the log holds %d wake-ups, there were %d", got, want)
	}
	if o.Thread && counts["kernel"]+counts["scheduler"] != r.Thread.Count() {
		t.Errorf("the log holds %v of %d wake-ups of the thread", counts, r.Thread.Count())
	}
}

// failing takes some bytes, and then none.
type failing struct{ left int }

var errFull = errors.New("no space left")

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestLogFails(t *testing.T) {
	if _, err := hiccup.Start(hiccup.Options{Log: new(failing)}); !errors.Is(err, errFull) {
		t.Errorf("the head cannot be written: %v", err)
	}
	m, err := hiccup.Start(hiccup.Options{Log: &failing{left: 400}, LogEvery: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	r, err := m.Stop()
	if !errors.Is(err, errFull) || r.Goroutine.Count() == 0 {
		t.Errorf("an interval cannot be written: %v, %d wake-ups", err, r.Goroutine.Count())
	}
	if _, again := m.Stop(); !errors.Is(again, errFull) {
		t.Errorf("stopped once more: %v", again)
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []hiccup.Options{{Interval: -1}, {LogEvery: -1, Log: io.Discard}} {
		if _, err := hiccup.Start(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	_, err := hiccup.Start(hiccup.Options{Thread: true})
	if want := runtime.GOOS != "linux"; errors.Is(err, errors.ErrUnsupported) != want {
		t.Errorf("a thread on %s: %v", runtime.GOOS, err)
	}
}

// A meter that is read while it runs goes on.
func TestResultMeanwhile(t *testing.T) {
	m, err := hiccup.Start(hiccup.Options{})
	if err != nil {
		t.Fatal(err)
	}
	first := m.Result()
	for first.Goroutine.Count() == 0 {
		time.Sleep(time.Millisecond)
		first = m.Result()
	}
	seen := first.Goroutine.Count()
	for m.Result().Goroutine.Count() == seen {
		time.Sleep(time.Millisecond)
	}
	if first.Goroutine.Count() != seen {
		t.Error("a result changes after it was returned")
	}
	last, err := m.Stop()
	if err != nil || last.Goroutine.Count() <= seen || last.Elapsed <= first.Elapsed {
		t.Errorf("%+v, %v after %+v", last, err, first)
	}
	if again := m.Result(); again.Elapsed != last.Elapsed || again.Goroutine.Count() != last.Goroutine.Count() {
		t.Error("a meter that was stopped goes on")
	}
}
