package loops

import (
	"context"
	"net/http"
	"time"

	"example.org/tracing"
)

// One derivation per iteration, released in it.
func (c *consumer) right(ctx context.Context, list []message) error {
	for _, m := range list {
		one, cancel := context.WithTimeout(ctx, c.timeout)
		err := c.handle(one, m)
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// The body is a function.
func (c *consumer) wrapped(ctx context.Context, list []message) {
	for _, m := range list {
		func() {
			ctx, cancel := context.WithTimeout(ctx, c.timeout)
			defer cancel()
			c.handle(ctx, m)
		}()
	}
}

// So is a method of its own.
func (c *consumer) one(ctx context.Context, m message) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.handle(ctx, m)
}

func (c *consumer) byMethod(ctx context.Context, list []message) {
	for _, m := range list {
		c.one(ctx, m)
	}
}

// The value belongs to the iteration.
func (c *consumer) shadowed(ctx context.Context) {
	for m := range c.messages {
		ctx := context.WithValue(ctx, traceKey{}, m.trace)
		c.handle(ctx, m)
	}
}

// Each hook adds its own, and the program has a list of them.
func (c *consumer) hooked(ctx context.Context, hooks []func(context.Context, message) context.Context, m message) error {
	for _, h := range hooks {
		ctx = h(ctx, m)
	}
	return c.handle(ctx, m)
}

type stage interface {
	Before(ctx context.Context) (context.Context, error)
}

func (c *consumer) staged(ctx context.Context, stages []stage, m message) error {
	var err error
	for _, s := range stages {
		if ctx, err = s.Before(ctx); err != nil {
			return err
		}
		c.watchOnce(ctx)
	}
	return c.handle(ctx, m)
}

func (c *consumer) watchOnce(ctx context.Context) {}

// It is put together for what comes after.
func (c *consumer) headers(ctx context.Context, h http.Header) error {
	for k := range h {
		ctx = tracing.With(ctx, k, h.Get(k))
	}
	return c.handle(ctx, message{})
}

// Three stages are three stages.
func (c *consumer) few(ctx context.Context) {
	for _, name := range []string{"parse", "check", "store"} {
		ctx = tracing.With(ctx, "stage", name)
		c.handle(ctx, message{})
	}
}

// Each turn begins anew.
func (c *consumer) anew(base context.Context) {
	var ctx context.Context
	for m := range c.messages {
		ctx = base
		ctx = context.WithValue(ctx, traceKey{}, m.trace)
		c.handle(ctx, m)
	}
}

// It is done once, and then no more.
func (c *consumer) once(ctx context.Context) {
	traced := false
	for m := range c.messages {
		if !traced {
			ctx = context.WithValue(ctx, traceKey{}, m.trace)
			traced = true
		}
		c.handle(ctx, m)
	}
}

// The path leaves the loop.
func (c *consumer) found(ctx context.Context, list []message) error {
	for _, m := range list {
		if m.trace != "" {
			ctx, cancel := context.WithTimeout(ctx, c.timeout)
			defer cancel()
			return c.handle(ctx, m)
		}
	}
	return nil
}

// The one before is cancelled first.
func (c *consumer) replacing(ctx context.Context, ticks <-chan time.Time) {
	one, cancel := context.WithCancel(ctx)
	for range ticks {
		cancel()
		one, cancel = context.WithCancel(ctx)
		go c.watch(one)
	}
	cancel()
}

// A deadline that is the earliest of several.
func (c *consumer) earliest(ctx context.Context, deadlines []time.Time, m message) error {
	var cancel context.CancelFunc
	stops := []context.CancelFunc{}
	for _, d := range deadlines {
		ctx, cancel = context.WithDeadline(ctx, d)
		stops = append(stops, cancel)
	}
	defer func() {
		for _, stop := range stops {
			stop()
		}
	}()
	return c.handle(ctx, m)
}

// Not in a loop, a defer is right.
func (c *consumer) plain(ctx context.Context, m message) error {
	ctx, span := tracing.Start(ctx, "plain")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.handle(ctx, m)
}

// What is deferred ends something else.
func (c *consumer) spans(ctx context.Context, list []message) {
	for _, m := range list {
		ctx, span := tracing.Start(ctx, m.body)
		defer span.End()
		c.handle(ctx, m)
	}
}

// A bounded number of tries, all of them kept by the list.
func (c *consumer) tries(ctx context.Context, m message) {
	for range 3 {
		one, cancel := context.WithTimeout(ctx, c.timeout) // want `^suspected: each iteration makes a context`
		defer cancel()
		if c.handle(one, m) == nil {
			return
		}
	}
}

// The chain is wanted in the loop and after it.
func (c *consumer) growing(ctx context.Context, list []message) error {
	for _, m := range list {
		ctx = tracing.With(ctx, "body", m.body) // want `^suspected: each iteration wraps ctx once more`
		c.handle(ctx, m)
	}
	return c.handle(ctx, message{})
}
