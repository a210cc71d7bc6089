// Package traps runs with old timers, and none is left behind for long.
package traps

import (
	"context"
	"errors"
	"net/http"
	"time"
)

type client struct {
	in      chan int
	stop    chan struct{}
	timeout time.Duration
}

func (c *client) try() error { return errors.New("refused") }

// It is always waited for to the end.
func (c *client) pause() {
	for {
		<-time.After(time.Minute)
		if c.try() == nil {
			return
		}
	}
}

// Short, so there are never many.
func (c *client) brief() {
	for {
		select {
		case n := <-c.in:
			_ = n
		case <-time.After(20 * time.Millisecond): // want `cold: `
		}
	}
}

// So is this, and it is the only one that is left.
func (c *client) until(ready func() bool) error {
	for {
		if ready() {
			return nil
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-c.stop:
			return errors.New("stopped")
		}
	}
}

// Retries end: by success, or by their number.
func (c *client) retry(ctx context.Context) error {
	backoff := time.Second
	for {
		err := c.try()
		if err == nil {
			return nil
		}
		select {
		case <-time.After(backoff):
			backoff *= 2
		case <-ctx.Done():
			return err
		}
	}
}

func (c *client) attempts(ctx context.Context) {
	for i := 0; i < 5; i++ {
		if c.try() == nil {
			break
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
	}
}

// Once a call, of a function that nobody calls in a loop.
func (c *client) once() {
	select {
	case <-c.in:
	case <-time.After(c.timeout):
	}
}

// Made before the loop.
func (c *client) deadline() {
	deadline := time.After(time.Minute)
	for {
		select {
		case n := <-c.in:
			_ = n
		case <-deadline:
			return
		}
	}
}

// A ticker.
func (c *client) ticker() {
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-c.stop:
			return
		}
	}
}

// One timer for the loop.
func (c *client) reset() {
	t := time.NewTimer(c.timeout)
	defer t.Stop()
	for {
		select {
		case <-c.in:
			if !t.Stop() {
				<-t.C
			}
			t.Reset(c.timeout)
		case <-t.C:
			return
		}
	}
}

// Stopped in each turn: whether it is, is another rule's.
func (c *client) stopped() {
	for n := range c.in {
		t := time.NewTimer(time.Minute)
		select {
		case c.in <- n:
		case <-t.C:
		}
		t.Stop()
	}
}

// A request that waits five seconds leaves little behind.
func (c *client) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case <-c.in:
	case <-time.After(5 * time.Second):
	}
}

// A closure that is stored is called by somebody else.
func (c *client) hooks() []func() {
	var fs []func()
	for range 3 {
		fs = append(fs, func() {
			select {
			case <-c.in:
			case <-time.After(time.Minute):
			}
		})
	}
	return fs
}

// A helper's, for a moment.
func (c *client) polls() {
	for c.next(10*time.Millisecond) == 0 {
		c.pause()
	}
}

func (c *client) next(d time.Duration) int {
	select {
	case n := <-c.in:
		return n
	case <-time.After(d):
		return 0
	}
}
