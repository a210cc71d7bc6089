// Package api has the contexts that packages service and store lose.
package api

import (
	"context"
	"net/http"

	"example.com/shop/wrap/service"
	"example.com/shop/wrap/store"
)

type server struct {
	service *service.Service
	store   *store.Store
}

func (s *server) label(w http.ResponseWriter, r *http.Request) {
	w.Write([]byte(s.service.Title(42))) // want `^likely: \(\*service\.Service\)\.Title makes a context from nothing and ends in \(\*sql\.DB\)\.QueryRowContext with it: .* ← calls \(Namer\)\.Name ← .*|^likely: \(\*service\.Service\)\.Title makes a context from nothing and ends in`
	s.service.Title(43)
}

func (s *server) seen(w http.ResponseWriter, r *http.Request) {
	s.service.Seen(42) // want `^likely: \(\*service\.Service\)\.Seen makes a context from nothing .*, until a timeout of its own ← calls \(\*store\.Store\)\.Touch ← `
}

// Two types may be what forgets.
type forgetter interface{ Forget(id int) error }

var forgetters = []forgetter{(*store.Store)(nil), (*store.Cache)(nil)}

func (s *server) forget(w http.ResponseWriter, r *http.Request) {
	for _, f := range forgetters {
		f.Forget(42) // want `^likely: \(\*store\.\w+\)\.Forget makes a context from nothing`
	}
}

// Outside of requests a wait that ends by itself is no hurry.
func (s *server) sweep(ctx context.Context, ids []int) {
	for _, id := range ids {
		s.store.Touch(id) // want `^suspected: .* \(it bounds its wait by itself, and nothing tells that a request is served\)`
	}
}

// Two callers up in this package.
func (s *server) page(ctx context.Context) string { return s.head() } // want `^likely: \(\*server\)\.head makes a context from nothing and ends in \(\*sql\.DB\)\.QueryRowContext .* ← calls \(\*server\)\.title ← calls \(\*store\.Store\)\.Name ← `
func (s *server) head() string                    { return "<h1>" + s.title() }
func (s *server) title() string {
	name, _ := s.store.Name(1)
	return name
}

// The helper of another package makes the context.
func (s *server) find(ctx context.Context) (string, error) {
	bg, cancel := store.Context() // want `^likely: the context that store\.Context makes takes the place`
	defer cancel()
	return s.store.Find(bg, 7)
}

func open(ctx context.Context, dsn string) (*store.Store, error) {
	return store.New(dsn) // want `^suspected: store\.New makes a context from nothing .* \(it is most likely done when the program starts\)`
}

// Nobody here has a context.
func (s *server) warm() string { return s.service.Title(0) }

// With the right one there is nothing to say.
func (s *server) ask(ctx context.Context) (string, error) { return s.store.Find(ctx, 1) }

// What is made once and kept is waited for once, and said nothing of across packages.
func (s *server) keys(w http.ResponseWriter, r *http.Request, lazy *store.Lazy) {
	lazy.Key()
	lazy.Last()   // want `^likely: \(\*store\.Lazy\)\.Last makes a context from nothing`
	lazy.Signed() // want `^likely: \(\*store\.Lazy\)\.Signed makes a context from nothing`
	lazy.Fresh()  // want `^likely: \(\*store\.Lazy\)\.Fresh makes a context from nothing`
}
