// Package routes mounts handlers for those who watch the process. None of them
// writes what it reads: only the path tells what it is for.
package routes

import (
	"net/http"
	"runtime"
)

type server struct{ heap uint64 }

const collectPath = "/debug/collect"

func (s *server) mount(mux *http.ServeMux, r *router) {
	mux.HandleFunc(collectPath, s.collect)
	mux.Handle("GET /metrics", http.HandlerFunc(s.first))
	mux.Handle("/healthz", s.wrapped())
	mux.HandleFunc("/admin/gc", func(w http.ResponseWriter, r *http.Request) {
		runtime.GC()
	})
	group := r.group("/debug")
	group.handle("/now", s.second)
	sub := r.group("/admin").sub()
	sub.handle("/now", s.third)
	for _, t := range table {
		mux.HandleFunc(t.path, t.serve)
	}
	for path, serve := range byPath {
		mux.HandleFunc(path, serve)
	}
}

func (s *server) collect(w http.ResponseWriter, r *http.Request) { runtime.GC() }
func (s *server) first(w http.ResponseWriter, r *http.Request)   { s.deeper() }
func (s *server) deeper()                                        { runtime.GC() }
func (s *server) second(w http.ResponseWriter, r *http.Request)  { runtime.GC() }
func (s *server) third(w http.ResponseWriter, r *http.Request)   { runtime.GC() }

// The literal is mounted by what the function returns.
func (s *server) wrapped() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		runtime.GC()
	})
}

type router struct{ prefix string }

func (r *router) group(prefix string) *router                                        { return &router{r.prefix + prefix} }
func (r *router) sub() *router                                                       { return r }
func (r *router) handle(path string, f func(w http.ResponseWriter, r *http.Request)) {}

type route struct {
	path  string
	serve http.HandlerFunc
}

var table = []route{
	{"/debug/now", now},
	{path: "/debug/here", serve: here},
	{"/orders", orders},
}

var byPath = map[string]http.HandlerFunc{
	"/debug/there": there,
	"/payments":    payments,
}

func now(w http.ResponseWriter, r *http.Request)   { runtime.GC() }
func here(w http.ResponseWriter, r *http.Request)  { runtime.GC() }
func there(w http.ResponseWriter, r *http.Request) { runtime.GC() }
