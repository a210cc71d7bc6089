package api

import (
	"context"
	"net/http"

	"example.com/shop/wrap/store"
)

// The request has its context when it is sent.
func (s *server) sendGiven(ctx context.Context, c *http.Client, u string) error {
	req, err := store.NewRequest(u)
	if err != nil {
		return err
	}
	return store.Send(c, req.WithContext(ctx))
}

// Nobody here has a context: it was said where the query is.
func (s *server) warm() string { return s.client.Label(0) }

// A wrapper is told of no more once it has been given a context.
func (s *server) labelled(ctx context.Context) string { return s.named(ctx) }
func (s *server) named(ctx context.Context) string {
	<-ctx.Done()
	return ""
}

var _ = http.StatusOK

// On the way to the program's end nobody's context counts any more.
func die(s *server) {
	panic(s.client.Label(0))
}

func check(ctx context.Context, s *server) {
	if s.client == nil {
		die(s)
	}
}
