package timers

import (
	"context"
	"time"
)

// Received from before it returns.
func fired() {
	t := time.NewTimer(time.Hour)
	<-t.C
}

// Gone soon.
func short(ctx context.Context) {
	t := time.NewTimer(10 * time.Millisecond)
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// Stopped where it has not fired.
func stopped(ctx context.Context) error {
	t := time.NewTimer(time.Hour)
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		t.Stop()
		return ctx.Err()
	}
}

// One timer for the whole loop, reset and drained.
func reset(ctx context.Context, in <-chan time.Duration) {
	t := time.NewTimer(time.Hour)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			t.Reset(time.Hour)
		case d := <-in:
			if !t.Stop() {
				<-t.C
			}
			t.Reset(d)
		case <-ctx.Done():
			return
		}
	}
}

// The channel goes to the caller, as that of time.After would.
func after(d time.Duration) <-chan time.Time { return time.NewTimer(d).C }

// A field: it fires, and that is all.
type waiter struct{ t *time.Timer }

func newWaiter() *waiter { return &waiter{time.NewTimer(time.Hour)} }

func (w *waiter) wait() { <-w.t.C }

func (w *waiter) Close() {}

// The goroutine lets go of it when it has fired.
type limit struct{ t *time.Timer }

func (l *limit) arm(expire func()) {
	t := time.NewTimer(time.Hour)
	l.t = t
	go func(t *time.Timer) {
		<-t.C
		if l.t != t {
			return
		}
		l.t = nil
		expire()
	}(t)
}

// Made only while there is none.
type producer struct {
	timer *time.Timer
	every time.Duration
	fired bool
}

func (p *producer) run(in <-chan int, out chan<- int) {
	var timer <-chan time.Time
	var output chan<- int
	for {
		select {
		case _, ok := <-in:
			if !ok {
				return
			}
			if p.every > 0 && p.timer == nil {
				p.timer = time.NewTimer(p.every)
				timer = p.timer.C
			}
		case <-timer:
			p.fired = true
		case output <- 1:
			p.rollOver()
			timer = nil
		}
		if p.fired {
			output = out
		}
	}
}

func (p *producer) rollOver() {
	if p.timer != nil {
		p.timer.Stop()
	}
	p.timer = nil
}
