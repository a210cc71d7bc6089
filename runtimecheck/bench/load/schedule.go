package load

import (
	"math"
	"math/rand/v2"
	"time"
)

// A schedule yields the times at which calls are due.
//
// The number of calls due up to a time is the integral of the rate. Constant arrivals are
// where it passes 0, 1, 2, …; those of a Poisson process, where it passes the sums of
// exponential variables of mean 1 (time rescaling; Çinlar, Introduction to Stochastic
// Processes, 1975), which holds for rates that change too.
type schedule struct {
	segments []segment
	step     func() float64 // by how much the integral grows from call to call
	next     float64        // the integral at the next call
	at       int            // the segment that is looked at
}

// A segment is a phase of the plan at its place in time.
type segment struct {
	Phase
	start  time.Duration // from the beginning of the run
	before float64       // calls due before it
}

func (s segment) end() time.Duration { return s.start + s.For }

// segments puts the phases of a plan in time.
func (p Plan) segments() []segment {
	var all []segment
	var start time.Duration
	var before float64
	for _, ph := range p.Phases {
		all = append(all, segment{ph, start, before})
		start += ph.For
		before += ph.calls()
	}
	return all
}

func newSchedule(p Plan) *schedule {
	s := &schedule{segments: p.segments(), step: func() float64 { return 1 }}
	if p.Arrivals == Poisson {
		s.step = rand.New(rand.NewPCG(p.Seed, 0)).ExpFloat64
		s.next = s.step()
	}
	return s
}

// call returns when the next call is due, from the beginning of the run, and in which
// segment; ok is false if there is none.
func (s *schedule) call() (due time.Duration, in int, ok bool) {
	for ; s.at < len(s.segments); s.at++ {
		seg := s.segments[s.at]
		x := s.next - seg.before
		if x >= seg.calls() {
			continue
		}
		s.next += s.step()
		return seg.start + seg.when(x), s.at, true
	}
	return 0, 0, false
}

// when returns how long after its beginning x calls have become due in the segment:
// it solves From·t + (To-From)·t²/(2·For) = x.
func (s segment) when(x float64) time.Duration {
	x = max(x, 0)
	slope := (s.To - s.From) / s.For.Seconds()
	t := 0.0
	switch d := s.From*s.From + 2*slope*x; {
	case x == 0:
	case slope == 0:
		t = x / s.From
	default:
		// This form of the root does not subtract what is nearly equal.
		t = 2 * x / (s.From + math.Sqrt(max(d, 0)))
	}
	return min(time.Duration(t*1e9), s.For-1)
}
