package handlers

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
)

// It is answered.
func (s *server) answered(w http.ResponseWriter, r *http.Request) {
	if err := s.store.Drop("a"); err != nil {
		s.log.WarnContext(r.Context(), "drop", "err", err)
		http.Error(w, "sorry", http.StatusInternalServerError)
	}
}

// It is counted.
func (s *server) counted(w http.ResponseWriter, r *http.Request) {
	if err := s.store.Drop("a"); err != nil {
		s.log.WarnContext(r.Context(), "drop", "err", err)
		s.failures.WithLabelValues("drop").Inc()
	}
}

// It is returned.
func (s *server) returned(w http.ResponseWriter, r *http.Request) error {
	if err := s.store.Drop("a"); err != nil {
		s.log.WarnContext(r.Context(), "drop", "err", err)
		return err
	}
	return nil
}

// It is asked for once more.
func (s *server) later(w http.ResponseWriter, r *http.Request) {
	err := s.store.Drop("a")
	if err != nil {
		s.log.WarnContext(r.Context(), "drop", "err", err)
	}
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
}

// The logger is the request's own.
func (s *server) own(w http.ResponseWriter, r *http.Request) {
	l := s.log.With("trace", r.Header.Get("Traceparent"))
	l.Info("own")
	s.log.With("id", 1).Info("own too")
}

// Printed to the client, it is the answer.
func (s *server) print(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, "hello")
}

// Not on the way of a request.
func (s *server) start() error {
	fmt.Println("listening")
	slog.Info("start")
	if err := s.store.Drop("old"); err != nil {
		slog.Warn("drop", "err", err)
	}
	return nil
}

// Who watches the process may be printed to.
func mount(mux *http.ServeMux, s *server) {
	mux.HandleFunc("/debug/dump", s.dump)
}

func (s *server) dump(w http.ResponseWriter, r *http.Request) {
	fmt.Printf("%+v\n", s)
	fmt.Fprintln(os.Stderr, "dump")
}
