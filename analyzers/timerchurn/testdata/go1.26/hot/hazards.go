// Package hot waits in hot code.
package hot

import (
	"context"
	"errors"
	"time"

	"example.com/app/wait"
)

var errTimeout = errors.New("timeout")

type order struct{ id int }

type book struct {
	in      chan order
	acks    chan struct{}
	timeout time.Duration
}

// Each message makes a timer, whether or not it is needed.
//
//lagvet:hot
func (b *book) run(ctx context.Context) {
	for {
		select {
		case o := <-b.in:
			b.apply(o)
		case <-time.After(time.Second): // want `proven: time.After makes a timer in hot code: three allocations`
			b.flush()
		case <-ctx.Done():
			return
		}
	}
}

// Hot by its caller, in one case of its select.
func (b *book) apply(o order) {
	t := time.NewTimer(b.timeout) // want `likely: time.NewTimer makes a timer in hot code`
	defer t.Stop()
	select {
	case b.acks <- struct{}{}:
	case <-t.C:
	}
}

func (b *book) flush() {}

// Once a call of a hot function is enough.
//
//lagvet:hot
func (b *book) await() error {
	select {
	case <-b.acks:
		return nil
	case <-time.After(b.timeout): // want `proven: time.After makes a timer in hot code`
		return errTimeout
	}
}

// In one branch only.
//
//lagvet:hot
func (b *book) send(o order) bool {
	if o.id%2 == 0 {
		select {
		case b.in <- o:
		case <-time.After(b.timeout): // want `likely: time.After makes a timer in hot code`
			return false
		}
	}
	return true
}

// In another package.
//
//lagvet:hot
func (b *book) acked() bool {
	return wait.For(b.acks, b.timeout) // want `proven: wait.For makes a timer in each call, by time.After, in hot code: .* ← time.After makes a timer in each call`
}

//lagvet:hot
func (b *book) ackedBy() bool {
	return wait.Or(b.acks, time.Second) // want `proven: wait.Or makes a timer in each call, by time.After, in hot code`
}

// A generic helper is judged where it stands.
//
//lagvet:hot
func (b *book) recv() (order, bool) { return recv(b.in, b.timeout) }

func recv[T any](ch <-chan T, d time.Duration) (v T, ok bool) {
	select {
	case v = <-ch:
		return v, true
	case <-time.After(d): // want `proven: time.After makes a timer in hot code`
		return v, false
	}
}
