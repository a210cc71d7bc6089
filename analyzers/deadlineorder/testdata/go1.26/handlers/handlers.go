// Package handlers is served by another one.
package handlers

import (
	"context"
	"net/http"
	"time"
)

// Export takes its time.
func Export(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Minute)
	defer cancel()
	<-ctx.Done()
}

// Shop has handlers as methods.
type Shop struct{ client *http.Client }

// New makes one.
func New() *Shop { return &Shop{&http.Client{Timeout: time.Minute}} }

// Order asks another service.
func (s *Shop) Order(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "https://orders", r.Body)
	if err != nil {
		return
	}
	s.client.Do(req)
}

// Quick is in order.
func (s *Shop) Quick(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	<-ctx.Done()
}
