package library

import (
	"context"

	"example.org/queue"
)

// It fails at nothing, so it waits for nothing: the context is for trace ids.
func log(ctx context.Context, c *queue.Client) { c.Log("hello") }

// The form that takes a context ignores it.
func usage(ctx context.Context) (int, error) {
	if n, err := queue.Stat("/tmp"); err == nil {
		return n, nil
	}
	return queue.Usage("/")
}

// What is only made waits for nobody yet.
func job(ctx context.Context) (*queue.Client, error) { return queue.NewJob("orders") }

// No context in scope: nothing to pass on.
func quiet(c *queue.Client) error { return c.Publish("orders", nil) }
