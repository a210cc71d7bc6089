package timers

import (
	"context"
	"time"
)

// Each turn leaves one behind that lives for a minute.
func inLoop(ctx context.Context, in <-chan int) {
	for {
		t := time.NewTimer(time.Minute) // want `likely: timer is not stopped on some path: before Go 1.23 it stays`
		select {
		case <-t.C:
		case <-in:
		case <-ctx.Done():
			return
		}
	}
}

// Each call leaves one behind that lives for an hour.
func long(ctx context.Context) error {
	t := time.NewTimer(time.Hour) // want `likely: timer is not stopped on some path.* ← returns without Stop`
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Nobody knows how long.
func unknown(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d) // want `suspected: timer is not stopped on some path`
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// Reset before it is waited for: the hour says nothing.
func resetFirst(ctx context.Context, d time.Duration) {
	t := time.NewTimer(time.Hour) // want `suspected: timer is not stopped on some path`
	t.Reset(d)
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// The one of before may still be there, if the other condition holds.
type restarter struct{ timer *time.Timer }

func (r *restarter) run(in <-chan bool) {
	for again := range in {
		if again || r.timer == nil {
			r.timer = time.NewTimer(time.Hour) // want `likely: timer is not stopped on some path.* ← takes its place`
		}
	}
}
