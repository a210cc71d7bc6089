package load

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"
)

// A Plan says which calls are due when.
type Plan struct {
	Phases   []Phase       // one after the other
	Arrivals Arrivals      // empty: Constant
	Seed     uint64        // of Poisson: the same seed gives the same times
	Timeout  time.Duration // that a call may take from when it is sent; 0: DefaultTimeout

	// MaxInFlight bounds the calls that are under way at the same time; 0: as many as
	// can be due within Timeout, at most DefaultInFlight. A call that is due while so
	// many are under way is not sent, and counted: see Phase's Unsent.
	MaxInFlight int

	// Interval is the length of the steps of the series; 0: DefaultInterval. Each phase
	// begins a new one.
	Interval time.Duration
	// KeepHistograms keeps the histogram of each interval, encoded, for [Result.WriteLog].
	KeepHistograms bool
}

// What a plan is without more words. They are choices, made so that a stall of some
// seconds at thousands of calls a second is still measured on a small machine.
const (
	DefaultTimeout  = 10 * time.Second
	DefaultInFlight = 16384
	DefaultInterval = time.Second
)

// Arrivals says how calls are spread over time.
type Arrivals string

// The kinds of arrivals.
const (
	Constant Arrivals = "constant" // at equal distances
	Poisson  Arrivals = "poisson"  // independent of each other, as those of many users are
)

// A Phase is a time in which the rate is constant, or goes evenly from one rate to
// another. Phases of the same name are told as one.
type Phase struct {
	Name     string
	From, To float64 // calls per second, at its beginning and at its end
	For      time.Duration
	// Warmup says that its calls are made for their effect alone, and are in no figure.
	Warmup bool
}

// calls is the number of calls that are due in the phase.
func (p Phase) calls() float64 { return (p.From + p.To) / 2 * p.For.Seconds() }

// The bounds of a plan. Latencies are kept up to longest; a rate above maxRate, a call
// each microsecond, is more than one process sends.
const (
	longest    = time.Hour
	maxTimeout = 10 * time.Minute
	maxRate    = 1e6
	maxFor     = 30 * 24 * time.Hour
	maxFlight  = 1 << 20
	minStep    = 10 * time.Millisecond
)

// Valid finds fault with the plan.
func (p Plan) Valid() error {
	if len(p.Phases) == 0 {
		return errors.New("the plan has no phase")
	}
	warm := make(map[string]bool)
	for _, ph := range p.Phases {
		if err := ph.valid(); err != nil {
			return fmt.Errorf("phase %q: %w", ph.Name, err)
		}
		if w, ok := warm[ph.Name]; ok && w != ph.Warmup {
			return fmt.Errorf("phase %q is a warm-up, and is none", ph.Name)
		}
		warm[ph.Name] = ph.Warmup
	}
	switch {
	case p.Arrivals != "" && p.Arrivals != Constant && p.Arrivals != Poisson:
		return fmt.Errorf("arrivals are %q, not %s or %s", p.Arrivals, Constant, Poisson)
	case p.Timeout < 0 || p.Timeout > maxTimeout:
		return fmt.Errorf("the timeout is %v, and must be between 0 and %v", p.Timeout, maxTimeout)
	case p.MaxInFlight < 0 || p.MaxInFlight > maxFlight:
		return fmt.Errorf("%d calls at the same time: it must be between 0 and %d", p.MaxInFlight, maxFlight)
	case p.Interval < 0 || p.Interval > 0 && p.Interval < minStep:
		return fmt.Errorf("the interval is %v, and must be %v or more", p.Interval, minStep)
	}
	return nil
}

func (p Phase) valid() error {
	switch {
	case p.Name == "":
		return errors.New("it has no name")
	case p.For <= 0 || p.For > maxFor:
		return fmt.Errorf("it lasts %v, and must last between 0 and %v", p.For, maxFor)
	case !(p.From >= 0 && p.From <= maxRate && p.To >= 0 && p.To <= maxRate): // also not a number
		return fmt.Errorf("its rate goes from %v/s to %v/s, and must be between 0 and %d/s", p.From, p.To, int(maxRate))
	}
	return nil
}

// Duration is how long calls are due.
func (p Plan) Duration() (d time.Duration) {
	for _, ph := range p.Phases {
		d += ph.For
	}
	return d
}

// timeout is what a call may take.
func (p Plan) timeout() time.Duration { return cmp.Or(p.Timeout, DefaultTimeout) }

func (p Plan) interval() time.Duration { return cmp.Or(p.Interval, DefaultInterval) }

// InFlight is how many calls may be under way at the same time.
func (p Plan) InFlight() int {
	if p.MaxInFlight > 0 {
		return p.MaxInFlight
	}
	peak := 0.0
	for _, ph := range p.Phases {
		peak = max(peak, ph.From, ph.To)
	}
	// Poisson arrivals exceed their mean: by less than six standard deviations.
	n := peak * p.timeout().Seconds()
	return int(min(n+6*math.Sqrt(n)+1, DefaultInFlight))
}
