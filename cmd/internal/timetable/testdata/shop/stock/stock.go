// Package stock asks another service.
package stock

import (
	"context"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v4"
)

type Client struct {
	base string
	http *http.Client
}

func New(base string) *Client {
	return &Client{base: base, http: &http.Client{Timeout: 5 * time.Second}}
}

// Reserve tries three times, within what its caller gives.
func (c *Client) Reserve(ctx context.Context) error {
	var err error
	for i := 0; i < 3; i++ {
		if err = c.post(ctx, "/reserve"); err == nil {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return err
}

// Each gives every attempt two seconds.
func (c *Client) Each(ctx context.Context) error {
	var err error
	for range 4 {
		if err = c.attempt(ctx); err == nil {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return err
}

func (c *Client) attempt(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return c.post(ctx, "/each")
}

// Library is retried by a library, which tries once more than it retries.
func (c *Client) Library(ctx context.Context) error {
	return backoff.Retry(func() error { return c.post(ctx, "/library") }, backoff.WithMaxRetries(backoff.NewExponential(), 1))
}

// Configured is tried as often as somebody says.
func (c *Client) Configured(ctx context.Context, n int) error {
	var err error
	for i := 0; i < n; i++ {
		if err = c.post(ctx, "/configured"); err == nil {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return err
}

// Detached has a context of its own.
func (c *Client) Detached(ctx context.Context) error {
	return c.post(context.WithoutCancel(ctx), "/detached")
}

// Polls waits for what it asks for, whether that fails or not: no retry.
func (c *Client) Polls(ctx context.Context) {
	for {
		c.post(ctx, "/polls")
		time.Sleep(time.Second)
	}
}

func (c *Client) post(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, nil)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
