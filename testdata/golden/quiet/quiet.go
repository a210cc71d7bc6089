// Package quiet holds what nobody is to be told of.
package quiet

import (
	"context"
	"io"
	"net/http"
	"time"
)

// Get obeys its context.
func Get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// A Heart beats.
type Heart struct{ done chan struct{} }

// Close is not meant to stop it.
func (h *Heart) Close() { close(h.done) }

// Beat would be told of if it did not say why it does so all the same.
func (h *Heart) Beat(beat func()) {
	t := time.NewTicker(time.Second) //lagvet:allow tickerleak -- beats as long as the process lives
	go func() {
		for range t.C {
			beat()
		}
	}()
}
