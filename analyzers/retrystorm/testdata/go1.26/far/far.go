// Package far is the client of another team.
package far

import (
	"context"
	"net/http"
	"time"
)

type Remote struct {
	Client *http.Client
	URL    string
}

// Fetch retries.
func (r *Remote) Fetch(ctx context.Context) error { return r.fetch(ctx, 3) }

func (r *Remote) fetch(ctx context.Context, attempts int) error {
	var last error
	for i := 0; i < attempts; i++ {
		last = r.Once(ctx) // want `^suspected: .* the same pause`
		if last == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return last
}

// Once does not.
func (r *Remote) Once(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return err
	}
	resp, err := r.Client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
