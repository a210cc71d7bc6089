package hiccup

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A Result is what a meter saw. What was not measured is nil.
type Result struct {
	Interval time.Duration // between two wake-ups, as asked for
	Elapsed  time.Duration // from Start to Stop

	Goroutine *Histogram // wake-ups of the goroutine
	Thread    *Histogram // wake-ups of the locked thread: those of the two that follow
	Kernel    *Histogram // that went on at once: what is late is the kernel's
	Scheduler *Histogram // that had to wait for a P

	// LateKernel and LateScheduler sum up the wake-ups of the thread that came later
	// than an interval: those that missed a beat.
	LateKernel, LateScheduler time.Duration
}

func newResult(o Options) Result {
	r := Result{Interval: o.Interval, Goroutine: newHistogram()}
	if o.Thread {
		r.Thread, r.Kernel, r.Scheduler = newHistogram(), newHistogram(), newHistogram()
	}
	return r
}

func (r *Result) record(w woken) {
	if !w.thread {
		r.Goroutine.record(w.late)
		return
	}
	r.Thread.record(w.late)
	part, sum := r.Kernel, &r.LateKernel
	if w.parked {
		part, sum = r.Scheduler, &r.LateScheduler
	}
	part.record(w.late)
	if w.late > r.Interval {
		*sum += w.late
	}
}

func (r *Result) clone() Result {
	c := *r
	for _, h := range c.histograms() {
		if *h != nil {
			*h = (*h).clone()
		}
	}
	return c
}

func (r *Result) histograms() []**Histogram {
	return []**Histogram{&r.Goroutine, &r.Thread, &r.Kernel, &r.Scheduler}
}

// A Cause says who made wake-ups late.
type Cause string

// The causes.
const (
	Unknown   Cause = "unknown"      // there was no thread to tell
	Nobody    Cause = "nobody"       // the thread missed no beat
	Kernel    Cause = "kernel"       // another program, a quota, the hypervisor, interrupts
	Scheduler Cause = "Go scheduler" // all Ps were busy, or the world was stopped
)

// Cause says who has the larger part in the beats that the thread missed.
func (r Result) Cause() Cause {
	switch {
	case r.Thread == nil:
		return Unknown
	case r.LateKernel == 0 && r.LateScheduler == 0:
		return Nobody
	case r.LateKernel >= r.LateScheduler:
		return Kernel
	}
	return Scheduler
}

// The range and the precision of histograms.
const (
	longest = time.Hour // what is later counts as this late, and Max tells how late it was
	digits  = 3         // to a thousandth of the value
)

// A Histogram is a distribution of how late wake-ups were.
type Histogram struct {
	values  *hdrhistogram.Histogram // in nanoseconds
	largest time.Duration
}

func newHistogram() *Histogram {
	return &Histogram{values: hdrhistogram.New(1, int64(longest), digits)}
}

func (h *Histogram) record(d time.Duration) {
	h.largest = max(h.largest, d)
	_ = h.values.RecordValue(int64(min(d, longest))) // which is in range
}

// Count returns how many wake-ups there were.
func (h *Histogram) Count() int64 { return h.values.TotalCount() }

// Quantile returns how late at most a share q of wake-ups was, to a thousandth: 0.99 is
// the 99th percentile. Of none it is 0.
func (h *Histogram) Quantile(q float64) time.Duration {
	return min(time.Duration(h.values.ValueAtQuantile(100*q)), h.largest)
}

// Max returns how late the latest was.
func (h *Histogram) Max() time.Duration { return h.largest }

// Values returns a copy as a HdrHistogram, in nanoseconds, to merge or to print.
func (h *Histogram) Values() *hdrhistogram.Histogram {
	return hdrhistogram.Import(h.values.Export())
}

func (h *Histogram) clone() *Histogram { return &Histogram{values: h.Values(), largest: h.largest} }

func (h *Histogram) reset() {
	h.values.Reset()
	h.largest = 0
}
