// Package wait is what other packages wait by.
package wait

import (
	"context"
	"sync"
	"time"
)

// For waits for a signal, and no longer than d.
func For(ready <-chan struct{}, d time.Duration) bool {
	select {
	case <-ready:
		return true
	case <-time.After(d):
		return false
	}
}

// Or waits by For.
func Or(ready <-chan struct{}, d time.Duration) bool { return For(ready, d) }

// Lazily makes a timer only if there is none.
func Lazily(t *time.Timer, d time.Duration) *time.Timer {
	if t == nil {
		return time.NewTimer(d)
	}
	t.Reset(d)
	return t
}

var pool = sync.Pool{New: func() any { return time.NewTimer(time.Hour) }}

// Pooled takes its timer from a pool.
func Pooled(ctx context.Context, d time.Duration) error {
	t := pool.Get().(*time.Timer)
	defer pool.Put(t)
	t.Reset(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Clock is an interface: what it does is up to who implements it.
type Clock interface {
	After(d time.Duration) <-chan time.Time
}
