// Package turns has requests wait for their turn.
package turns

import (
	"context"
	"net/http"
	"time"
)

// slots are taken by whoever serves a request.
var slots = make(chan struct{}, 8)

type server struct {
	busy    chan struct{}
	updated chan int
	quit    chan struct{}
}

// Its client may go while it stands in the queue.
func handle(w http.ResponseWriter, r *http.Request) bool {
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	default:
		t := time.NewTimer(patience(r))
		defer t.Stop()
		select { // want `^suspected: a request waits here for its turn until a time is over, and not for its own end`
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-t.C:
			http.Error(w, "too busy", http.StatusServiceUnavailable)
			return true
		}
	}
	w.WriteHeader(http.StatusOK)
	return true
}

func patience(r *http.Request) time.Duration {
	d, err := time.ParseDuration(r.FormValue("timeout"))
	if err != nil {
		return 10 * time.Second
	}
	return d
}

// A long poll.
func (s *server) poll(w http.ResponseWriter, r *http.Request) {
	select { // want `^suspected: a request waits here for its turn`
	case v := <-s.updated:
		w.Write([]byte{byte(v)})
	case <-time.After(30 * time.Second):
		w.WriteHeader(http.StatusNoContent)
	}
}

// A middleware.
func (s *server) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select { // want `^suspected: a request waits here for its turn`
		case s.busy <- struct{}{}:
			defer func() { <-s.busy }()
			next.ServeHTTP(w, r)
		case <-time.After(5 * time.Second):
			http.Error(w, "too busy", http.StatusServiceUnavailable)
		}
	})
}

//lagvet:root
func (s *server) Consume(ctx context.Context, n int) bool {
	select { // want `^suspected: a request waits here for its turn`
	case s.busy <- struct{}{}:
		return true
	case <-time.After(time.Duration(n) * time.Second):
		return false
	}
}

// It leaves with its client.
func (s *server) trapDone(w http.ResponseWriter, r *http.Request) {
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	case <-r.Context().Done():
	case <-time.After(5 * time.Second):
		http.Error(w, "too busy", http.StatusServiceUnavailable)
	}
}

// So does what a variable holds.
func (s *server) trapVariable(w http.ResponseWriter, r *http.Request) {
	gone := r.Context().Done()
	select {
	case s.busy <- struct{}{}:
	case <-gone:
	case <-time.After(5 * time.Second):
	}
}

// Nobody notices a wait so short.
func (s *server) trapShort(w http.ResponseWriter, r *http.Request) {
	select {
	case s.busy <- struct{}{}:
	case <-time.After(100 * time.Millisecond):
	}
}

// It does not wait.
func (s *server) trapDefault(w http.ResponseWriter, r *http.Request) {
	select {
	case s.busy <- struct{}{}:
	default:
	}
}

// The answer is the function's own, which bounds it.
func (s *server) trapOwn(w http.ResponseWriter, r *http.Request) {
	answer := make(chan int, 1)
	go func() { answer <- <-s.updated }()
	select {
	case <-answer:
	case <-time.After(5 * time.Second):
	}
}

// No request waits for it.
func (s *server) trapBackground() {
	for {
		select {
		case <-s.quit:
			return
		case <-time.After(time.Minute):
		}
	}
}

// Nor for what a handler starts.
func (s *server) trapStarted(w http.ResponseWriter, r *http.Request) {
	go func() {
		select {
		case s.busy <- struct{}{}:
		case <-time.After(time.Minute):
		}
	}()
}

// No request is known to come by here.
func (s *server) trapQueue(ctx context.Context) bool {
	select {
	case s.busy <- struct{}{}:
		return true
	case <-time.After(time.Minute):
		return false
	}
}
