// Package queue stands for a client library whose author wrote both forms.
package queue

import "context"

type Client struct{ Debug bool }

type Option func()

func (c *Client) Publish(topic string, body []byte) error {
	return c.PublishContext(context.Background(), topic, body)
}

func (c *Client) PublishContext(ctx context.Context, topic string, body []byte) error {
	<-ctx.Done()
	return ctx.Err()
}

func (c *Client) Pages(topic string, each func([]byte) bool) error {
	return c.PagesWithContext(context.Background(), topic, each)
}

func (c *Client) PagesWithContext(ctx context.Context, topic string, each func([]byte) bool, opts ...Option) error {
	<-ctx.Done()
	return ctx.Err()
}

// Log has a form with a context for the sake of trace ids: it waits for nobody.
func (c *Client) Log(msg string)                             {}
func (c *Client) LogContext(ctx context.Context, msg string) {}

// Usage has a form with a context for the sake of symmetry: it ignores it.
func Usage(path string) (int, error)                                   { return 0, nil }
func UsageWithContext(_ context.Context, path string) (int, error)     { return 0, nil }
func Stat(path string) (int, error)                                    { return 0, nil }
func StatWithContext(ctx context.Context, path string) (int, error)    { return Usage(path) }
func NewJob(topic string) (*Client, error)                             { return nil, nil }
func NewJobContext(ctx context.Context, topic string) (*Client, error) { return nil, ctx.Err() }
