// Package redis stands for a client library of the network whose calls go through
// functions in variables.
package redis

import (
	"context"
	"net"
)

type Options struct {
	Dialer func(ctx context.Context, network, addr string) (net.Conn, error)
}

type process func(ctx context.Context, args ...any) error

type Client struct{ process }

func New(o *Options, hooks ...func(process) process) *Client {
	c := &Client{process: exec}
	for _, h := range hooks {
		c.process = h(c.process)
	}
	return c
}

func exec(ctx context.Context, args ...any) error { return nil }

type StringCmd struct{ err error }

func (c *StringCmd) Err() error              { return c.err }
func (c *StringCmd) Result() (string, error) { return "", c.err }

func (c *Client) Get(ctx context.Context, key string) *StringCmd {
	return &StringCmd{err: c.process(ctx, "get", key)}
}

// Subscription goes on for as long as its context.
type Subscription struct{ C chan string }

func (s *Subscription) Stop() {}

func (c *Client) Subscribe(ctx context.Context, channel string) (*Subscription, error) {
	s := &Subscription{C: make(chan string)}
	go func() {
		<-ctx.Done()
		close(s.C)
	}()
	return s, c.process(ctx, "subscribe", channel)
}

// Ctx has its values read.
func Tag(ctx context.Context, name string) error {
	_ = ctx.Value(name)
	return nil
}
