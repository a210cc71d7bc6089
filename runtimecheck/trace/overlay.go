package trace

import (
	"cmp"
	"slices"
	"time"
)

// kernelParts are what samples say of time that a goroutine had a thread.
type kernelParts struct{ throttled, runQueue int64 } // ns

func (p *kernelParts) add(o *kernelParts) {
	p.throttled += o.throttled
	p.runQueue += o.runQueue
}

func (p *kernelParts) report() []Part {
	var list []Part
	if p.throttled > 0 {
		list = append(list, Part{Throttled, ns(p.throttled)})
	}
	if p.runQueue > 0 {
		list = append(list, Part{RunQueue, ns(p.runQueue)})
	}
	slices.SortStableFunc(list, func(a, b Part) int { return compareTimes(a.Time, b.Time) })
	return list
}

// charges are the time of a span on threads between two samples, which is charged
// when it is known how much there is of it.
type charges struct {
	sums    kernelParts
	sample  int   // the first of the two
	on      int64 // ns
	ready   int64 // ns without a processor
	threads []threadTime
}

type threadTime struct{ thread, time int64 }

func (c *charges) reset() charges { return charges{threads: c.threads[:0]} }

// An overlay lays samples of the kernel's accounts over spans. What an account grew by
// between two samples may have happened anywhere between them: a span is charged with
// all of it, up to the time that it was on a thread then. So this is the most that can
// be true, and sums over spans that overlap count growth more than once. A thread that
// is throttled also waits in a run queue: that is charged as throttled only, and a
// thread that did not wait was not throttled. A goroutine without a processor may wait
// for threads that are: what is throttled beyond the waits of its own is charged there.
type overlay struct {
	samples []Sample
	grown   booking
	offset  int64 // from the trace's clock to theirs
	hint    int   // the sample before the last time that was asked for
}

// newOverlay returns nil if there are not two samples, for growth lies between.
func newOverlay(samples []Sample) *overlay {
	if len(samples) < 2 {
		return nil
	}
	samples = slices.Clone(samples)
	slices.SortStableFunc(samples, func(a, b Sample) int { return cmp.Compare(a.At, b.At) })
	return &overlay{samples: samples, grown: book(samples)}
}

// charge notes that a span was on a thread; or that it was none, but ready.
func (o *overlay) charge(s *span, thread int64, from, to instant) {
	start, end := from.t+o.offset, to.t+o.offset
	left := to.net - from.net // less than end - start if the world was stopped
	for i := o.before(start); i+1 < len(o.samples) && int64(o.samples[i].At) < end; i++ {
		d := min(end, int64(o.samples[i+1].At)) - max(start, int64(o.samples[i].At))
		if d = min(d, left); d <= 0 {
			continue
		}
		left -= d
		s.kernel.note(o, i, thread, d)
	}
}

// before finds the last sample that is not after a time, or the first.
func (o *overlay) before(t int64) int {
	for o.hint > 0 && int64(o.samples[o.hint].At) > t {
		o.hint--
	}
	for o.hint+1 < len(o.samples) && int64(o.samples[o.hint+1].At) <= t {
		o.hint++
	}
	return o.hint
}

func (c *charges) note(o *overlay, sample int, thread, d int64) {
	if sample != c.sample {
		c.settle(o)
		c.sample = sample
	}
	if thread == none {
		c.ready += d
		return
	}
	c.on += d
	at := slices.IndexFunc(c.threads, func(t threadTime) bool { return t.thread == thread })
	if at < 0 {
		at = len(c.threads)
		c.threads = append(c.threads, threadTime{thread: thread})
	}
	c.threads[at].time += d
}

// settle charges what was noted between two samples.
func (c *charges) settle(o *overlay) {
	if c.on+c.ready == 0 {
		return
	}
	waited := c.on
	if o.grown.threads != nil {
		waited = 0
		for _, t := range c.threads {
			waited += min(o.grown.waited(c.sample, t.thread), t.time)
		}
	}
	throttled := min(o.grown.throttled[c.sample], waited+c.ready)
	c.sums.throttled += throttled
	if o.grown.threads != nil {
		c.sums.runQueue += max(0, waited-throttled)
	}
	c.on, c.ready, c.threads = 0, 0, c.threads[:0]
}

func (o *overlay) settle(s *span) { s.kernel.settle(o) }

// report says what samples say of a trace.
func (o *overlay) report(from, to int64) *Kernel {
	k := &Kernel{Samples: len(o.samples)}
	var gaps []time.Duration
	for i := range o.samples[1:] {
		a, b := &o.samples[i], &o.samples[i+1]
		gaps = append(gaps, b.At-a.At)
		overlap := min(to+o.offset, int64(b.At)) - max(from+o.offset, int64(a.At))
		if overlap <= 0 {
			continue
		}
		k.Covered += ns(overlap)
		k.Throttled += ns(min(o.grown.throttled[i], overlap))
		for thread := range b.Threads {
			k.RunQueue += ns(min(o.grown.waited(i, thread), overlap))
		}
	}
	slices.Sort(gaps)
	k.Interval = gaps[len(gaps)/2]
	return k
}
