package claims

import (
	"context"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/hiccup"
)

// Noise is what an idle goroutine of this machine waited beyond the time that it asked
// for, around a bench.
type Noise struct {
	P99 float64 `json:"p99_ns"`
	Max float64 `json:"max_ns"`
}

// below reports whether the noise leaves an effect to be seen.
func (n *Noise) below(effect time.Duration) bool { return n.P99 < nanoseconds(effect) }

// A listener measures the noise for a while.
type listener func(context.Context, time.Duration) (*Noise, error)

// listen has an idle goroutine sleep again and again for d, and tells how late it woke.
func listen(ctx context.Context, d time.Duration) (*Noise, error) {
	m, err := hiccup.Start(hiccup.Options{})
	if err != nil {
		return nil, err
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	r, err := m.Stop()
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return &Noise{P99: nanoseconds(r.Goroutine.Quantile(0.99)), Max: nanoseconds(r.Goroutine.Max())}, nil
}

// quietest listens until the noise is below an effect, but only so often: a burst passes,
// a neighbour stays. It returns the least noise that it heard.
func quietest(ctx context.Context, effect, d time.Duration, listen listener) (best *Noise, err error) {
	const looks = 3
	for range looks {
		heard, err := listen(ctx, d)
		if err != nil {
			return nil, err
		}
		if best == nil || heard.P99 < best.P99 {
			best = heard
		}
		if best.below(effect) {
			return best, nil
		}
	}
	return best, nil
}
