package handlers

import (
	"context"
	"net/http"
)

// The submitter waits for the job.
func (s *server) submit(w http.ResponseWriter, r *http.Request) {
	job := &session{ctx: r.Context(), done: make(chan struct{})}
	s.jobs <- job
	<-job.done
}

// What is made for the request may hold its context.
func (s *server) run(w http.ResponseWriter, r *http.Request) {
	one := &session{ctx: r.Context()}
	one.ctx = context.WithValue(one.ctx, userKey{}, "a")
	answer(one.ctx, w)
}

// The request's context is wrapped in a variable of its own.
func (s *server) own(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	ctx = context.WithValue(ctx, userKey{}, r.FormValue("user"))
	ctx = context.WithValue(ctx, userKey{}, r.FormValue("tenant"))
	answer(ctx, w)
}

// Middleware hands it on with the request.
func middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(r.Context(), userKey{}, "a"))
		next.ServeHTTP(w, r)
	})
}

// The server's own context is made when it starts.
func newServer(ctx context.Context) *server {
	s := &server{sessions: make(map[string]*session)}
	s.ctx = ctx
	s.base = context.WithValue(ctx, userKey{}, "server")
	return s
}

func (s *server) Start(ctx context.Context) { s.ctx = ctx }

// What goes on after the request says so.
func (s *server) detach(w http.ResponseWriter, r *http.Request) {
	s.ctx = context.WithoutCancel(r.Context())
}

// Options are put together once.
type option func(*server)

func withUser(name string) option {
	return func(s *server) { s.base = context.WithValue(s.base, userKey{}, name) }
}

// A handler that is made for each request has nobody to share with.
type perRequest struct{ ctx context.Context }

func (p perRequest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.ctx = r.Context()
	answer(p.ctx, w)
}

// What a handler calls makes a context of its own, and its goroutine wraps it.
func (s *server) broadcast(w http.ResponseWriter, r *http.Request) { s.relay(w) }

func (s *server) relay(w http.ResponseWriter) {
	ctx, cancel := context.WithCancel(s.base)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ctx = context.WithValue(ctx, userKey{}, "relay")
		answer(ctx, w)
	}()
	<-done
	cancel()
}
