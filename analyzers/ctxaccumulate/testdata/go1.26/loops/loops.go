// Package loops piles contexts up in loops.
package loops

import (
	"context"
	"database/sql"
	"time"

	"example.org/tracing"
)

type traceKey struct{}

type message struct{ trace, body string }

type consumer struct {
	db       *sql.DB
	messages chan message
	timeout  time.Duration
	ctx      context.Context
}

func (c *consumer) handle(ctx context.Context, m message) error {
	_, err := c.db.ExecContext(ctx, "INSERT INTO seen VALUES (?)", m.body)
	return err
}

func (c *consumer) importAll(ctx context.Context, list []message) error {
	for _, m := range list {
		ctx, cancel := context.WithTimeout(ctx, c.timeout) // want `^likely: each iteration makes a context, with a timer that runs until the function returns, because its cancel is deferred to then: they pile up for as long as the loop goes on ← cancel is deferred to the end of the function$`
		defer cancel()
		if err := c.handle(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// The loop never ends, so nothing is ever cancelled.
func (c *consumer) serve(ctx context.Context) {
	for {
		m := <-c.messages
		one, cancel := context.WithCancel(ctx) // want `^proven: each iteration makes a context, and its parent keeps it for as long as the process: its cancel is deferred in a loop that never ends, and never runs`
		defer cancel()
		c.handle(one, m)
	}
}

// A closure around it changes nothing.
func (c *consumer) all(ctx context.Context, list []message) {
	for _, m := range list {
		one, cancel := context.WithTimeoutCause(ctx, c.timeout, nil) // want `^likely: each iteration makes a context, with a timer`
		defer func() { cancel() }()
		c.handle(one, m)
	}
}

// A helper of the house makes it.
func (c *consumer) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, c.timeout)
}

func (c *consumer) retry(ctx context.Context, m message) error {
	for {
		one, cancel := c.limited(ctx) // want `^likely: each iteration makes a context, and its parent keeps it until the function returns`
		defer cancel()
		if err := c.handle(one, m); err == nil {
			return nil
		}
	}
}

// The chain grows by each message.
func (c *consumer) consume(ctx context.Context) {
	for m := range c.messages {
		ctx = context.WithValue(ctx, traceKey{}, m.trace) // want `^likely: each turn of a loop without end wraps ctx once more: .* ← the loop that wraps ctx again in each turn$`
		c.handle(ctx, m)
	}
}

func (c *consumer) traced(ctx context.Context) error {
	var span *tracing.Span
	for ctx.Err() == nil {
		m := <-c.messages
		ctx, span = tracing.Start(ctx, "message") // want `^likely: each turn of a loop without end wraps ctx once more`
		if err := c.handle(ctx, m); err != nil {
			return err
		}
		span.End()
	}
	return ctx.Err()
}

// What the first one leaves is all the second one has.
func (c *consumer) each(ctx context.Context, list []message) error {
	var cancel context.CancelFunc
	for _, m := range list {
		ctx, cancel = context.WithTimeout(ctx, c.timeout) // want `^likely: each iteration derives ctx from that of the iteration before: it inherits that one's deadline and cancellation`
		err := c.handle(ctx, m)
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *consumer) labelled(ctx context.Context, list []message) {
	for _, m := range list {
		ctx = tracing.With(ctx, "body", m.body) // want `^likely: each iteration wraps ctx once more: what it calls carries the values of all iterations before, and each lookup walks them`
		c.handle(ctx, m)
	}
}

// The field is wrapped by each message.
func (c *consumer) own() {
	for m := range c.messages {
		c.ctx = context.WithValue(c.ctx, traceKey{}, m.trace) // want `^likely: each turn of a loop without end wraps c\.ctx once more`
		c.handle(c.ctx, m)
	}
}

// Only the last one is ever cancelled.
func (c *consumer) renew(ctx context.Context, ticks <-chan time.Time) {
	var cancel context.CancelFunc
	defer func() { cancel() }()
	var one context.Context
	for range ticks {
		one, cancel = context.WithCancel(ctx) // want `^likely: each iteration makes a context and puts its cancel in the place of the one before, which nobody called: its parent keeps every context that the loop ever made`
		go c.watch(one)
	}
}

func (c *consumer) watch(ctx context.Context) { <-ctx.Done() }

// walk is generic and has the same fault.
func walk[T any](ctx context.Context, items []T, visit func(context.Context, T) error) error {
	for i := range items {
		ctx, cancel := context.WithDeadline(ctx, time.Now().Add(time.Second)) // want `^likely: each iteration makes a context, with a timer`
		defer cancel()
		if err := visit(ctx, items[i]); err != nil {
			return err
		}
	}
	return nil
}
