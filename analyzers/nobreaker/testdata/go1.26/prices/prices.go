// Package prices asks another team's service.
package prices

import (
	"context"
	"net/http"
	"time"
)

type Client struct {
	http  *http.Client
	slots chan struct{}
}

func New() *Client {
	return &Client{http: &http.Client{Timeout: time.Second}, slots: make(chan struct{}, 10)}
}

func (c *Client) Get(ctx context.Context, id string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://prices/"+id, nil)
	if err != nil {
		return nil, err
	}
	return c.http.Do(req)
}

// GetSome lets ten wait.
func (c *Client) GetSome(ctx context.Context, id string) (*http.Response, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	default:
		return nil, context.DeadlineExceeded
	}
	return c.Get(ctx, id)
}
