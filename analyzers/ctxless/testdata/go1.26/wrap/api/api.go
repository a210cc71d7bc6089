// Package api has the contexts that packages client and store lack.
package api

import (
	"context"
	"net/http"

	"example.com/shop/wrap/client"
	"example.com/shop/wrap/store"
)

type server struct {
	client *client.Client
	store  *store.Store
}

func (s *server) label(w http.ResponseWriter, r *http.Request) {
	label := s.client.Label(42) // want `^likely: \(\*client\.Client\)\.Label ends in \(\*sql\.DB\)\.QueryRow and ignores .* ← calls \(\*store\.Store\)\.Name ← calls \(\*Store\)\.row ← \(\*sql\.DB\)\.QueryRow waits for the database$`
	w.Write([]byte(label))
	s.client.Label(43) // the same thing to mend
}

func (s *server) fetch(ctx context.Context, u string) error {
	return s.client.Fetch(u) // want `^likely: \(\*client\.Client\)\.Fetch ends in http\.NewRequest and ignores .* ← calls store\.NewRequest ← http\.NewRequest makes it without a context ← store\.Send waits for the server$`
}

// Two callers up in this package.
func (s *server) page(ctx context.Context) string { return s.head() } // want `^likely: \(\*server\)\.head ends in \(\*sql\.DB\)\.QueryRow and ignores .* ← calls \(\*server\)\.title ← calls \(\*client\.Client\)\.Caption ← calls \(\*Client\)\.Label`
func (s *server) head() string                    { return "<h1>" + s.title() }
func (s *server) title() string                   { return s.client.Caption(1) }

// Sent by a function of another package.
func (s *server) send(ctx context.Context, c *http.Client) error {
	req, err := http.NewRequest("GET", "https://a.example", nil) // want `^proven: http\.NewRequest ignores .* ← store\.Send waits for the server$`
	if err != nil {
		return err
	}
	return store.Send(c, req)
}
