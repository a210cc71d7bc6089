package hot

import (
	"context"
	"fmt"
	"time"

	"example.com/app/wait"
)

type feed struct {
	in      chan order
	timer   *time.Timer
	clock   wait.Clock
	timeout time.Duration
}

// One timer for the loop.
//
//lagvet:hot
func (f *feed) run(ctx context.Context) {
	timer := time.NewTimer(f.timeout)
	defer timer.Stop()
	for {
		timer.Reset(f.timeout)
		select {
		case o := <-f.in:
			f.apply(o)
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

// It fills what is kept.
func (f *feed) apply(o order) {
	if f.timer == nil {
		f.timer = time.NewTimer(f.timeout) // want `suspected: time.NewTimer makes a timer in hot code: .*; but `
	}
	f.timer.Reset(f.timeout)
	f.timer = wait.Lazily(f.timer, f.timeout)
}

// From a pool.
//
//lagvet:hot
func (f *feed) pooled(ctx context.Context) { _ = wait.Pooled(ctx, f.timeout) }

// What an interface does is not known.
//
//lagvet:hot
func (f *feed) clocked() {
	select {
	case <-f.in:
	case <-f.clock.After(f.timeout):
	}
}

// On the way to an error.
//
//lagvet:hot
func (f *feed) send(o order) error {
	select {
	case f.in <- o:
		return nil
	default:
	}
	if err := f.wait(); err != nil {
		<-time.After(f.timeout)
		return fmt.Errorf("sending %d: %w", o.id, err)
	}
	return nil
}

func (f *feed) wait() error { return nil }

// Another goroutine's.
//
//lagvet:hot
func (f *feed) later() {
	go func() {
		<-time.After(f.timeout)
		f.timer.Stop()
	}()
	go wait.For(nil, f.timeout)
}

// Nobody says that this is hot, and each turn makes one: it waits for a profile.
func (f *feed) cold(ctx context.Context) {
	for {
		select {
		case o := <-f.in:
			f.apply(o)
		case <-time.After(f.timeout): // want `cold: time.After makes a timer and a channel each time this loop waits`
		case <-ctx.Done():
			return
		}
	}
}

// Under a contract that has findings of its own.
//
//lagvet:noalloc
func (f *feed) contract() {
	t := time.NewTimer(f.timeout)
	t.Stop()
}

//lagvet:nonblocking
func (f *feed) nonblocking() { <-time.After(f.timeout) }
