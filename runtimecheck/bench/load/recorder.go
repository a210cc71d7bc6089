package load

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A call is one that is due.
type call struct {
	due     time.Duration // from the beginning of the run
	segment int
	in      *step
}

// A step is an interval that calls are still under way of.
type step struct {
	Interval
	latencies Latencies
	done      int64
	sealed    bool // no more calls become due in it
}

// A recorder adds up what calls come to.
type recorder struct {
	plan     Plan
	segments []segment

	mu     sync.Mutex
	closed bool
	phases map[string]*Measured
	order  []*Measured
	now    *step
	series []Interval
	free   []*hdrhistogram.Histogram // of intervals that are over
	under  map[*call]struct{}        // calls that are not over
	lag    Latencies
	err    error // of keeping a histogram
}

func newRecorder(p Plan) *recorder {
	r := &recorder{plan: p, segments: p.segments(), phases: make(map[string]*Measured), under: make(map[*call]struct{})}
	for _, s := range r.segments {
		m := r.phases[s.Name]
		if m == nil {
			m = &Measured{Name: s.Name, Warmup: s.Warmup, Failed: make(map[Kind]int64), Example: make(map[Kind]string)}
			r.phases[s.Name] = m
			r.order = append(r.order, m)
		}
	}
	return r
}

// due counts a call that is due, and returns it.
func (r *recorder) due(at time.Duration, in int) *call {
	r.mu.Lock()
	defer r.mu.Unlock()
	seg := r.segments[in]
	n := (at - seg.start) / r.plan.interval()
	start := seg.start + n*r.plan.interval()
	if r.now == nil || r.now.Start != start || r.now.Phase != seg.Name {
		r.seal()
		end := min(start+r.plan.interval(), seg.end())
		r.now = &step{Interval: Interval{Span: Span{start, end}, Phase: seg.Name}}
	}
	r.now.Due++
	r.phases[seg.Name].Due++
	c := &call{at, in, r.now}
	r.under[c] = struct{}{}
	return c
}

// seal ends the interval that calls become due in.
func (r *recorder) seal() {
	if r.now == nil {
		return
	}
	r.now.sealed = true
	r.finish(r.now)
	r.now = nil
}

// finish adds an interval to the series once all of its calls are over.
func (r *recorder) finish(s *step) {
	if !s.sealed || s.done < s.Due {
		return
	}
	s.Answered, s.Failed, s.Max = s.latencies.Answered(), s.latencies.Failed(), s.latencies.Max()
	if s.latencies.Count() > 0 {
		s.P50, s.P95, s.P99 = s.latencies.quantile(50), s.latencies.quantile(95), s.latencies.quantile(99)
	}
	if h := s.latencies.answered; h != nil {
		if r.plan.KeepHistograms {
			encoded, err := h.EncodeV2()
			r.err = cmp.Or(r.err, err)
			s.histogram = encoded
		}
		h.Reset()
		r.free = append(r.free, h)
	}
	s.latencies = Latencies{}
	r.series = append(r.series, s.Interval)
}

// unsent counts a call that was due and not sent.
func (r *recorder) unsent(c *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase(c).Unsent++
	c.in.Unsent++
	r.over(c)
}

// abandoned counts a call that the run did not wait for.
func (r *recorder) abandoned(c *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.phase(c).Abandoned++
		r.over(c)
	}
}

// answered counts a call that was sent, and came to err.
func (r *recorder) answered(c *call, sent, done time.Duration, err error) {
	kind := Kind("")
	if err != nil {
		kind = KindOf(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return // it was counted as stuck
	}
	m := r.phase(c)
	m.Lag.record(sent - c.due)
	r.lag.record(sent - c.due)
	if err == nil {
		m.Latency.record(done - c.due)
		r.step(c).record(done - c.due)
		if in := r.at(done, c.segment); in != nil {
			in.InTime++
		}
	} else {
		r.fail(c, kind, err.Error())
	}
	r.over(c)
}

func (r *recorder) fail(c *call, kind Kind, why string) {
	m := r.phase(c)
	m.Latency.failed++
	c.in.latencies.failed++
	if m.Failed[kind]++; m.Failed[kind] == 1 {
		m.Example[kind] = why
	}
}

func (r *recorder) phase(c *call) *Measured { return r.phases[r.segments[c.segment].Name] }

// step returns the latencies of the interval of a call, with a histogram.
func (r *recorder) step(c *call) *Latencies {
	l := &c.in.latencies
	if last := len(r.free) - 1; l.answered == nil && last >= 0 {
		l.answered, r.free = r.free[last], r.free[:last]
	}
	return l
}

// at returns the phase that is on at a time, which is not before the segment from.
func (r *recorder) at(t time.Duration, from int) *Measured {
	for _, s := range r.segments[from:] {
		if t < s.end() {
			return r.phases[s.Name]
		}
	}
	return nil
}

func (r *recorder) over(c *call) {
	delete(r.under, c)
	c.in.done++
	r.finish(c.in)
}

// close ends the recording, and returns how many calls are still under way. Those are
// stuck, and failed.
func (r *recorder) close() (stuck int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seal()
	for c := range r.under {
		stuck++
		r.fail(c, Timeout, "the call did not come back, though its time was over")
		r.over(c)
	}
	r.closed = true
	return stuck
}

// result returns what was recorded, of a run that calls were due in until then.
func (r *recorder) result(until time.Duration) *Result {
	for _, s := range r.segments {
		if s.start < until {
			m := r.phases[s.Name]
			m.Spans = append(m.Spans, Span{s.start, min(s.end(), until)})
		}
	}
	slices.SortFunc(r.series, func(a, b Interval) int { return cmp.Compare(a.Start, b.Start) })
	return &Result{Plan: r.plan, Phases: r.order, Series: r.series}
}
