package load

import (
	"slices"
	"time"
)

// A Criterion says when a target has recovered.
type Criterion struct {
	Within time.Duration // P95 of an interval is at most this
	Hold   int           // in so many intervals one after the other
}

// A Recovery is what followed one burst.
type Recovery struct {
	Burst Span
	// Took is the time from the end of the burst to the beginning of the first interval
	// that meets the criterion, and from which on it held.
	Took      time.Duration
	Recovered bool
	Watched   time.Duration // that was seen after the burst, until the next one or the end
}

// Recoveries tells of each phase of the name how long the target took to recover after it.
// It goes by the intervals in which calls were due.
func (r *Result) Recoveries(burst string, c Criterion) []Recovery {
	m := r.Phase(burst)
	if m == nil {
		return nil
	}
	var all []Recovery
	for i, s := range m.Spans {
		end := r.end()
		if i+1 < len(m.Spans) {
			end = m.Spans[i+1].Start
		}
		if end > s.End {
			all = append(all, r.recovery(s, end, c))
		}
	}
	return all
}

// end is when calls ceased to become due.
func (r *Result) end() (end time.Duration) {
	for _, m := range r.Phases {
		for _, s := range m.Spans {
			end = max(end, s.End)
		}
	}
	return end
}

func (r *Result) recovery(burst Span, end time.Duration, c Criterion) Recovery {
	rec := Recovery{Burst: burst, Watched: end - burst.End}
	good := 0
	for _, in := range r.Series {
		if in.Start < burst.End || in.End > end {
			continue
		}
		if in.Unsent > 0 || in.P95 > c.Within {
			good = 0
			continue
		}
		if good == 0 {
			rec.Took = in.Start - burst.End
		}
		if good++; good >= c.Hold {
			rec.Recovered = true
			return rec
		}
	}
	rec.Took = 0
	return rec
}

// Before returns the median of P95 of the intervals of the phase right before the first
// phase of the name: what is normal. ok is false if that is a warm-up, or has fewer than
// three whole intervals.
func (r *Result) Before(name string) (normal time.Duration, ok bool) {
	m := r.Phase(name)
	if m == nil || len(m.Spans) == 0 {
		return 0, false
	}
	first := m.Spans[0].Start
	var all []time.Duration
	for _, s := range r.Plan.segments() {
		if s.end() == first && !s.Warmup {
			all = r.p95s(Span{s.start, s.end()})
		}
	}
	if len(all) < 3 {
		return 0, false
	}
	slices.Sort(all)
	return all[len(all)/2], true
}

func (r *Result) p95s(s Span) []time.Duration {
	var all []time.Duration
	for _, in := range r.Series {
		if in.Start >= s.Start && in.End <= s.End {
			all = append(all, in.P95)
		}
	}
	return all
}
