// Package library calls a dependency whose author wrote both forms.
package library

import (
	"context"

	"example.org/queue"
)

func publish(ctx context.Context, c *queue.Client) error {
	return c.Publish("orders", nil) // want `^likely: \(\*queue\.Client\)\.Publish ignores .* waiting for the dependency$`
}

func pages(ctx context.Context, c *queue.Client) error {
	return c.Pages("orders", func([]byte) bool { return true }) // want `^likely: \(\*queue\.Client\)\.Pages ignores`
}

func row(ctx context.Context, db *queue.DB) (n int, err error) {
	err = db.Get(&n, "SELECT 1") // want `^proven: \(\*queue\.DB\)\.Get ignores .* waiting for the database$`
	if err == nil {
		err = db.Ping() // want `^proven: \(\*sql\.DB\)\.Ping ignores`
	}
	return n, err
}

type worker struct{ c *queue.Client }

func (w *worker) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := w.refresh(); err != nil { // want `^likely: \(\*worker\)\.refresh ends in \(\*queue\.Client\)\.Publish and ignores`
			return err
		}
	}
	return nil
}

func (w *worker) refresh() error { return w.c.Publish("ticks", nil) }

// The dependency loses the context further down.
func load(ctx context.Context, c *queue.Client) ([]byte, error) {
	return c.Load("orders") // want `^likely: \(\*queue\.Client\)\.Load ignores`
}

func fetch(ctx context.Context, c *queue.Client) error {
	return c.Fetch("http://a.example") // want `^likely: \(\*queue\.Client\)\.Fetch ignores`
}

func ask(ctx context.Context, c *queue.Client) error {
	return c.Ask("orders") // want `^likely: \(\*queue\.Client\)\.Ask ignores`
}

func handled(ctx context.Context, h queue.Handle) error {
	_, err := h.Exec("DELETE FROM sessions") // want `^proven: queue\.Execer\.Exec ignores .* waiting for the database$`
	return err
}

// Another one is closed.
func subscribed(ctx context.Context, s, other *queue.Subscription) error {
	go func() {
		<-ctx.Done()
		other.Close()
	}()
	return s.Run() // want `^likely: \(\*queue\.Subscription\)\.Run ignores`
}

// It is only asked how it went.
func looked(ctx context.Context, s *queue.Subscription, logf func(error)) error {
	go func() {
		<-ctx.Done()
		logf(s.Err())
	}()
	return s.Run() // want `^likely: \(\*queue\.Subscription\)\.Run ignores`
}

// It is closed at the end of something else.
func ticked(ctx context.Context, s *queue.Subscription, tick <-chan struct{}) error {
	go func() {
		<-tick
		s.Close()
	}()
	return s.Run() // want `^likely: \(\*queue\.Subscription\)\.Run ignores`
}
