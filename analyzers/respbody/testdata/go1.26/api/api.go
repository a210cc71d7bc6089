// Package api wraps a client for other packages.
package api

import (
	"context"
	"errors"
	"io"
	"net/http"

	"example.com/bodies/httputil"
)

type Client struct {
	http *http.Client
	base string
}

// Do returns the response of a request that succeeded, whose body the caller closes.
func (c *Client) Do(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req) // want `likely: response body is not closed on some path: its connection.* ← returns without closing it`
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		return nil, errors.New("slow down")
	}
	return resp, nil
}

// Open returns the body alone.
func (c *Client) Open(ctx context.Context, path string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req) // want `likely: response body is not closed on some path`
	if err != nil {
		return nil, err
	}
	if err := httputil.Check(resp); err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// Ping closes what it gets, and then returns it.
func (c *Client) Ping(ctx context.Context) (*http.Response, error) {
	resp, err := c.Do(ctx, http.MethodGet, "/ping", nil)
	if err != nil {
		return nil, err
	}
	httputil.DrainClose(resp.Body)
	return resp, nil
}
