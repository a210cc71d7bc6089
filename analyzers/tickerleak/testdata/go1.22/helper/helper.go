package helper

import "time"

// Every returns a ticker that is the caller's to stop.
func Every(d time.Duration) *time.Ticker { return time.NewTicker(d) }

// EveryOr returns one of two, the caller's own perhaps.
func EveryOr(t *time.Ticker, d time.Duration) *time.Ticker {
	if t != nil {
		t.Reset(d)
		return t
	}
	return time.NewTicker(d)
}

// Twice returns a ticker among other things.
func Twice(d time.Duration) (int, *time.Ticker, error) {
	if d <= 0 {
		return 0, nil, nil
	}
	t := Every(d)
	return 2, t, nil
}

// Stop stops t, if there is one.
func Stop(t *time.Ticker) {
	if t != nil {
		t.Stop()
	}
}

// Discard stops t by way of another function.
func Discard(name string, t *time.Ticker) { Stop(t) }

// Wait only waits.
func Wait(t *time.Ticker) { <-t.C }

var all []*time.Ticker

// Keep keeps t.
func Keep(t *time.Ticker) { all = append(all, t) }

// WithStop returns a ticker and what stops it.
func WithStop(d time.Duration) (*time.Ticker, func()) {
	t := time.NewTicker(d)
	stop := func() { t.Stop() }
	return t, stop
}

// WithStopMethod does the same by a method value.
func WithStopMethod(d time.Duration) (*time.Ticker, func()) {
	t := time.NewTicker(d)
	return t, t.Stop
}

// WithReady returns a function that has nothing to do with its end.
func WithReady(d time.Duration) (*time.Ticker, func() bool) {
	t := time.NewTicker(d)
	return t, func() bool { return len(t.C) > 0 }
}
