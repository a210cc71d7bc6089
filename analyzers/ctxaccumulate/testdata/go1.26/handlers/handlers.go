// Package handlers lets contexts outlive their requests.
package handlers

import (
	"context"
	"net/http"
	"sync"
)

type userKey struct{}

type session struct {
	ctx  context.Context
	name string
	done chan struct{}
}

type server struct {
	mu       sync.Mutex
	ctx      context.Context
	base     context.Context
	sessions map[string]*session
	jobs     chan *session
}

// The field is that of all requests.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.ctx = r.Context() // want `^likely: the context of a request \(HTTP handler\) is put into s\.ctx, which outlives the request: what uses it later fails as soon as this request is over`
	s.serve(w)
}

func (s *server) serve(w http.ResponseWriter) { <-s.ctx.Done() }

// Derived, it is still the request's.
func (s *server) user(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithValue(r.Context(), userKey{}, r.FormValue("user"))
	s.mu.Lock()
	s.ctx = ctx // want `^likely: the context of a request \(HTTP handler\) is put into s\.ctx`
	s.mu.Unlock()
}

var last context.Context

func remember(w http.ResponseWriter, r *http.Request) {
	last = r.Context() // want `^likely: the context of a request \(HTTP handler\) is put into last`
}

// Each request adds a link.
func (s *server) tag(w http.ResponseWriter, r *http.Request) {
	s.base = context.WithValue(s.base, userKey{}, r.FormValue("user")) // want `^likely: each request \(HTTP handler\) wraps the context in s\.base once more, and s\.base outlives the request`
}

func routes(ctx context.Context, mux *http.ServeMux) {
	mux.HandleFunc("/tag", func(w http.ResponseWriter, r *http.Request) {
		ctx = context.WithValue(ctx, userKey{}, r.FormValue("user")) // want `^likely: each request \(HTTP handler\) wraps the context in ctx once more`
		answer(ctx, w)
	})
}

func answer(ctx context.Context, w http.ResponseWriter) {
	w.Write([]byte(ctx.Value(userKey{}).(string)))
}

// The map lives on; whether the session does, is not seen.
func (s *server) login(w http.ResponseWriter, r *http.Request) {
	s.sessions[r.RemoteAddr] = &session{ctx: r.Context(), name: "a"} // want `^suspected: the context of a request \(HTTP handler\) is put into s\.sessions\[r\.RemoteAddr\]`
}

func (s *server) enqueue(w http.ResponseWriter, r *http.Request) {
	s.jobs <- &session{ctx: r.Context()} // want `^suspected: the context of a request \(HTTP handler\) is put into s\.jobs`
}
