// Package roots holds the ways in which requests enter a program.
package roots

import (
	"context"
	"net/http"
	"net/http/httputil"
)

type server struct{ mux *http.ServeMux }

func (s *server) routes() {
	http.HandleFunc("/", index)
	s.mux.HandleFunc("GET /a", s.list)
	s.mux.Handle("/b", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // want `root: HTTP handler$`
		s.query(r.Context())
	}))
	s.mux.Handle("/c", logged(s))
}

func index(w http.ResponseWriter, r *http.Request) {} // want `root: HTTP handler$`

func (s *server) list(w http.ResponseWriter, r *http.Request) { // want `root: HTTP handler$`
	go s.audit()
	if err := r.Context().Err(); err != nil {
		s.onError()
	}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) } // want `root: HTTP handler$`

func (s *server) query(context.Context) { s.query2() } // want `root: HTTP handler ← calls \(\*server\).query$`
func (s *server) query2()               {}             // want `root: HTTP handler ← calls \(\*server\).query ← calls \(\*server\).query2$`
func (s *server) audit()                {}             // want `root: HTTP handler ← spawns \(\*server\).audit$`
func (s *server) onError()              {}             // want `root: HTTP handler ← calls \(\*server\).onError$`

// Middleware itself runs at start-up.
func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // want `root: HTTP handler$`
		next.ServeHTTP(w, r)
	})
}

// With more parameters than a handler has, it still runs for a request.
func render(w http.ResponseWriter, r *http.Request, page string) error { return nil } // want `root: HTTP handler$`

// A client's side of a request.
type transport struct{}

func (transport) RoundTrip(r *http.Request) (*http.Response, error) { return nil, nil }

var _ = httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {}}

func (s *server) start() error { return http.ListenAndServe("", s) }
