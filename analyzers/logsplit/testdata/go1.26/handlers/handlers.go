// Package handlers tells of requests what cannot be found again.
package handlers

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
)

type store interface {
	Put(ctx context.Context, key string) error
	Drop(key string) error
}

type server struct {
	store    store
	log      *slog.Logger
	failures *prometheus.CounterVec
}

func (s *server) order(w http.ResponseWriter, r *http.Request) {
	fmt.Println("order", r.FormValue("id")) // want `^likely: fmt\.Println on the way of a request \(HTTP handler\) writes a line that no level turns off`
	if err := s.store.Put(r.Context(), "a"); err != nil {
		s.log.Error("put", "err", err) // want `^suspected: Error leaves out the context in scope on the way of a request \(HTTP handler\)`
		http.Error(w, "sorry", http.StatusInternalServerError)
		return
	}
	s.log.InfoContext(r.Context(), "order")
	s.helper(r.Context())
}

func (s *server) helper(ctx context.Context) {
	slog.Info("helper")   // want `^suspected: Info leaves out the context in scope`
	fmt.Printf("%p\n", s) // want `^likely: fmt\.Printf on the way of a request .* ← calls`
	log.Printf("%p", s)   // want `^suspected: log\.Printf on the way of a request`
}

func (s *server) drop(w http.ResponseWriter, r *http.Request) {
	if err := s.store.Drop("a"); err != nil {
		s.log.WarnContext(r.Context(), "drop", "err", err) // want `^suspected: an error on the way of a request \(HTTP handler\) is logged and neither counted nor returned`
	}
	w.WriteHeader(http.StatusNoContent)
}
