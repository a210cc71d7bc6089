package tight

import (
	"context"
	"time"

	"example.com/app/wait"
)

type slow struct {
	stop  chan struct{}
	jobs  chan func()
	every time.Duration
}

// Every second.
func (s *slow) run() {
	for {
		select {
		case <-s.stop:
			return
		case <-time.After(time.Second):
		}
	}
}

// How often is up to the configuration.
func (s *slow) configured() {
	for {
		select {
		case <-s.stop:
			return
		case <-time.After(s.every):
		}
	}
}

// A short grace, once.
func (s *slow) grace() {
	select {
	case <-s.stop:
	case <-time.After(100 * time.Microsecond):
	}
}

// It ends the loop when it fires, so it does not pace it.
func (s *slow) drain() {
	for {
		select {
		case job := <-s.jobs:
			job()
		case <-time.After(100 * time.Microsecond): // want `cold: `
			return
		}
	}
}

// One timer, reset.
func (s *slow) reused(ctx context.Context) {
	t := time.NewTimer(100 * time.Microsecond)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			t.Reset(100 * time.Microsecond)
		}
	}
}

// It sleeps.
func (s *slow) sleeps(done func() bool) {
	for !done() {
		time.Sleep(50 * time.Microsecond)
	}
}

// Made before the loop.
func (s *slow) limit(done func() bool) bool {
	timeout := time.After(time.Second)
	for !done() {
		select {
		case <-timeout:
			return false
		default:
			time.Sleep(50 * time.Microsecond)
		}
	}
	return true
}

// In one branch only.
func (s *slow) rarely(broken func() bool) {
	for {
		if broken() {
			<-time.After(time.Second)
		}
		time.Sleep(100 * time.Microsecond)
	}
}

// How often is up to those who make it ready.
func (s *slow) served(done func()) {
	for wait.For(s.stop, 100*time.Microsecond) {
		done()
	}
}
