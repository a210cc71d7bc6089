package bench

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/lagvet/lagvet/runtimecheck/bench/internal/sleeper"
	"github.com/lagvet/lagvet/runtimecheck/bench/unit"
)

// OpenLoop calls op b.N times at a constant rate, in operations a second. Each call is due
// at its time, whether the ones before it have returned or not: one that is slow makes no
// other come later, as it does in a loop that waits for it. What is reported is the time
// from when the call was due until it returned, so that whatever it waited for is in it;
// nothing is corrected afterwards.
//
//	func BenchmarkQuote(b *testing.B) {
//		srv := start(b)
//		bench.OpenLoop(b, 2000, func() { srv.Quote() })
//	}
//
// Calls run in goroutines of their own, up to [MostUnderWay] of them at a time. One
// goroutine keeps the time, and is busy for the last moments before each call: the
// higher the rate, the more it takes of one CPU. How late it was is late-p99-ns; it is in the percentiles. ops/s says
// how many calls were completed in a second. Where that is much below the rate, op cannot
// do as much, and the percentiles grow with b.N: a line says so. There is no ns/op, for it
// would be the rate's.
func OpenLoop(b *testing.B, rate float64, op func()) {
	b.Helper()
	if !(rate > 0 && rate <= 1e9) {
		b.Fatalf("a rate of %v operations a second is none that can be kept", rate)
	}
	m := start(b)
	l := &openLoop{op: op, recorder: m.recorder, due: make(chan time.Duration), late: hdrhistogram.New(1, int64(longest), digits)}
	m.begin()
	achieved := l.run(b.N, rate)
	m.Stop()
	r := &report{b: b, final: final(b)}
	r.metric("ns/op", 0) // that leaves it out
	r.metric(unit.Rate, achieved)
	if int64(b.N) >= p99.needs() {
		r.metric(unit.Late, float64(l.late.ValueAtQuantile(99)))
	}
	if l.full > 0 {
		r.say("%d operations had to wait because %d were under way", l.full, MostUnderWay)
	}
	if achieved < keepsUp*rate {
		r.say("%.0f operations a second were asked for and %.0f completed: it cannot keep up, and the percentiles say for how long it was tried", rate, achieved)
	}
}

// MostUnderWay is how many calls of [OpenLoop] may be under way: each has a goroutine, and
// a function that cannot keep up would have one for each call.
const MostUnderWay = 10_000

// keepsUp is the share of the rate below which it was not kept: the last call alone makes a
// short run miss a little of it.
const keepsUp = 0.95

// An openLoop is one run.
type openLoop struct {
	op      func()
	due     chan time.Duration // calls for goroutines that have none, by when they are due
	workers int
	full    int // calls that found MostUnderWay under way
	late    *hdrhistogram.Histogram

	mu       sync.Mutex // guards recorder
	recorder *recorder
	under    sync.WaitGroup
}

// run makes n calls and returns how many were completed in a second.
func (l *openLoop) run(n int, rate float64) float64 {
	s := sleeper.New()
	defer s.Close()
	origin := time.Now()
	for i := range n {
		due := time.Duration(float64(i) / rate * float64(time.Second))
		wait(s, origin, due)
		_ = l.late.RecordValue(int64(min(max(time.Since(origin)-due, 0), longest)))
		l.call(origin, due)
	}
	close(l.due)
	l.under.Wait()
	return float64(n) / time.Since(origin).Seconds()
}

// call hands a call to a goroutine that has none, or to a new one.
func (l *openLoop) call(origin time.Time, due time.Duration) {
	select {
	case l.due <- due:
		return
	default:
	}
	if l.workers < MostUnderWay {
		l.workers++
		l.under.Go(func() { l.work(origin, due) })
		return
	}
	l.full++
	l.due <- due
}

func (l *openLoop) work(origin time.Time, due time.Duration) {
	for ok := true; ok; due, ok = <-l.due {
		l.op()
		took := time.Since(origin) - due
		l.mu.Lock()
		l.recorder.add(took)
		l.mu.Unlock()
	}
}

// wait returns when a call is due.
func wait(s sleeper.Sleeper, origin time.Time, due time.Duration) {
	if left := due - time.Since(origin); left > sleeper.Late {
		s.Sleep(left - sleeper.Late)
	}
	for time.Since(origin) < due {
		runtime.Gosched()
	}
}
