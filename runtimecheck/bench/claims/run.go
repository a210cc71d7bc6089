package claims

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Size says how much is measured of each claim.
type Size struct {
	Time   time.Duration `json:"time_ns"` // that all rounds of all arms take together
	Rounds int           `json:"rounds"`
	// Anyway measures also where the noise is larger than the effect. The verdict stays
	// that it is.
	Anyway bool `json:"anyway,omitempty"`
}

// Full is the size for figures that are kept. Of twelve rounds the interval leaves out the
// two highest and the two lowest, so that two stalls do not spoil it.
func Full() Size { return Size{Time: 6 * time.Second, Rounds: 12} }

// Quick is the size for a first impression. Nine rounds are the fewest of which the
// interval leaves out the highest and the lowest; there is none of less than six.
func Quick() Size { return Size{Time: 1500 * time.Millisecond, Rounds: 9} }

// A sample is what an arm yields in one round.
type sample struct {
	ops      int64 // operations that were done
	readings []reading
}

// A reading is one value, in a unit as of Go benchmarks.
type reading struct {
	unit  string
	value float64
}

// An arm is one way to do the work. It does it for about d.
type arm struct {
	name string
	do   func(ctx context.Context, d time.Duration) (sample, error)
}

// A run is one bench being run.
type run struct {
	size Size
	m    Measurement
}

// note keeps what a reader should know of the readings.
func (r *run) note(format string, args ...any) {
	r.m.Notes = append(r.m.Notes, fmt.Sprintf(format, args...))
}

// interleave has the arms take turns, each round beginning with another one. What they
// yield the first time is dropped: caches are cold then, and stacks small.
func (r *run) interleave(ctx context.Context, arms ...arm) error {
	each := max(r.size.Time/time.Duration(r.size.Rounds*len(arms)), time.Millisecond)
	for _, a := range arms {
		if _, err := a.do(ctx, each/2); err != nil {
			return fmt.Errorf("warming up %s: %w", a.name, err)
		}
	}
	for round := range r.size.Rounds {
		for i := range arms {
			a := arms[(round+i)%len(arms)]
			s, err := a.do(ctx, each)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return fmt.Errorf("%s, round %d: %w", a.name, round+1, err)
			}
			r.m.add(a.name, s)
		}
	}
	return nil
}

// notHere is the error of a bench that this machine is not made for.
type notHere struct{ reason string }

func (e *notHere) Error() string { return e.reason }

// unmeasurable returns such an error.
func unmeasurable(format string, args ...any) error {
	return &notHere{fmt.Sprintf(format, args...)}
}

// Measure runs the bench of a claim in this process, and leaves behind what it sets:
// call it in a process that ends, or use a [Supervisor].
func (c Claim) Measure(ctx context.Context, size Size) (*Measurement, error) {
	return c.measure(ctx, size, listen)
}

// measure measures the noise by listening first.
func (c Claim) measure(ctx context.Context, size Size, listen listener) (*Measurement, error) {
	r := &run{size: size}
	if c.needs != nil {
		if err := c.needs(); err != nil {
			return c.failed(err)
		}
	}
	if c.Effect > 0 {
		if err := r.before(ctx, c, listen); err != nil || r.m.Unfit && !size.Anyway {
			return &r.m, err
		}
	}
	if err := c.bench(ctx, r); err != nil {
		return c.failed(err)
	}
	r.m.Overhead = overhead()
	if c.Effect == 0 {
		return &r.m, nil
	}
	if err := r.after(ctx, c, listen); err != nil {
		return nil, err
	}
	return &r.m, nil
}

// failed returns what there is to say of a bench that ended with an error: the reason, if
// it is that this machine is not made for it.
func (c Claim) failed(err error) (*Measurement, error) {
	if here, ok := errors.AsType[*notHere](err); ok {
		return &Measurement{NotHere: here.reason}, nil
	}
	return nil, fmt.Errorf("measuring %s: %w", c.ID, err)
}

// before listens to the machine until it is quiet enough for a claim, but not for ever.
func (r *run) before(ctx context.Context, c Claim, listen listener) error {
	noise, err := quietest(ctx, c.Effect, r.size.listening(), listen)
	if err != nil {
		return fmt.Errorf("measuring the noise of this machine: %w", err)
	}
	r.m.Noise, r.m.Unfit = noise, !noise.below(c.Effect)
	return nil
}

// after listens once more: the noise may have begun meanwhile. Then the readings go.
func (r *run) after(ctx context.Context, c Claim, listen listener) error {
	noise, err := listen(ctx, r.size.listening())
	if err != nil {
		return fmt.Errorf("measuring the noise of this machine: %w", err)
	}
	if noise.P99 > r.m.Noise.P99 {
		r.m.Noise = noise
	}
	if noise.below(c.Effect) {
		return nil
	}
	r.m.Unfit = true
	if !r.size.Anyway {
		r.m.Arms = nil
	}
	return nil
}

// listening returns how long to listen.
func (s Size) listening() time.Duration {
	const (
		share = 12                    // of the time for a claim
		least = 20 * time.Millisecond // some twenty wake-ups
	)
	return max(s.Time/share, least)
}
