package routes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/budgets"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
	"github.com/lagvet/lagvet/analyzers/internal/routes"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

const prelude = `package main

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

var (
	_ = fmt.Sprint
	_ = os.Args
	_ time.Duration
)

func h(w http.ResponseWriter, r *http.Request) {}

type server struct{}

func (*server) ServeHTTP(w http.ResponseWriter, r *http.Request) {}
func (*server) get(w http.ResponseWriter, r *http.Request) {}

// A router has the shape of those of libraries.
type router struct{}

func newRouter() *router { return nil }
func (*router) Get(path string, h http.HandlerFunc) *router { return nil }
func (*router) Handle(path string, h http.Handler) *router { return nil }
func (*router) HandlerFunc(h http.HandlerFunc) *router { return nil }
func (*router) Path(path string) *router { return nil }
func (*router) Methods(m ...string) *router { return nil }
func (*router) Group(path string) *router { return nil }
func (*router) Route(path string, f func(*router)) {}
func (*router) Use(...func(http.Handler) http.Handler) {}
func (*router) ServeHTTP(w http.ResponseWriter, r *http.Request) {}

func logged(h http.Handler) http.Handler { return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }) }
func withTimeout(d time.Duration) func(http.Handler) http.Handler { return nil }

`

func TestRoutes(t *testing.T) {
	l := passtest.NewLoader()
	for name, c := range map[string]struct{ src, want string }{
		"a function of net/http":     {`func f() { http.HandleFunc("/a", h) }`, "/a h"},
		"a method in the pattern":    {`func f() { http.HandleFunc("POST /a", h) }`, "POST /a h"},
		"a host in the pattern":      {`func f() { http.HandleFunc("x.org/a", h) }`, "/a h"},
		"a mux":                      {`func f() { m := http.NewServeMux(); m.Handle("/a", new(server)) }`, "/a ServeHTTP"},
		"a method value":             {`func f(s *server) { m := http.NewServeMux(); m.HandleFunc("/a", s.get) }`, "/a get"},
		"a literal":                  {`func f() { http.HandleFunc("/a", func(w http.ResponseWriter, r *http.Request) {}) }`, "/a literal"},
		"wrapped":                    {`func f() { http.Handle("/a", logged(http.HandlerFunc(h))) }`, "/a h logged()"},
		"bounded":                    {`func f() { http.Handle("/a", http.TimeoutHandler(http.HandlerFunc(h), time.Second, "")) }`, "/a h 1s by http.TimeoutHandler"},
		"bounded by who knows what":  {`func f(d time.Duration) { http.Handle("/a", http.TimeoutHandler(http.HandlerFunc(h), d, "")) }`, "/a h 0s by http.TimeoutHandler"},
		"a library's":                {`func f() { r := newRouter(); r.Get("/a", h) }`, "GET …/a h"},
		"a group":                    {`func f(r *router) { g := r.Group("/v1"); g.Get("/a", h) }; func main() { f(&router{}) }`, "GET …/v1/a h"},
		"a group's function":         {`func f(r *router) { r.Route("/v1", func(r *router) { r.Get("/a", h) }) }`, "GET …/v1/a h"},
		"methods behind":             {`func f(r *router) { r.Handle("/a", new(server)).Methods("GET", "HEAD") }`, "GET|HEAD …/a ServeHTTP"},
		"a path in front":            {`func f(r *router) { r.Methods("PUT").Path("/a").HandlerFunc(h) }`, "PUT …/a h"},
		"a middleware":               {`func f(r *router) { r.Use(withTimeout(2 * time.Second)); r.Get("/a", h) }`, "GET …/a h 2s by withTimeout"},
		"a tail":                     {`func f(r *router, base string) { r.Get(base+"/a", h); r.Get(fmt.Sprintf("%s/b", base), h) }`, "GET …/a h; GET …/b h"},
		"a table":                    {`var t = []struct{ path string; h http.HandlerFunc }{{"/a", h}, {path: "/b", h: h}, {"c", h}}`, "…/a h; …/b h"},
		"a wrapper that is told":     {`func (s *server) HandleFunc(m *http.ServeMux, path string, h http.HandlerFunc, methods ...string) {}; func f(s *server) { m := http.NewServeMux(); s.HandleFunc(m, "/a", h, "GET", "POST") }`, "GET|POST /a h"},
		"a wrapper's own handler":    {`func (s *server) on(m *http.ServeMux, path string, h http.HandlerFunc) { m.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { h(w, r) }) }; func (s *server) HandleFunc(m *http.ServeMux, path string, h http.HandlerFunc) { s.on(m, path, func(w http.ResponseWriter, r *http.Request) { h(w, r) }) }; func f(s *server) { m := http.NewServeMux(); s.HandleFunc(m, "/a", h) }`, "/a h literal"},
		"what is no path":            {`func f(r *router) { r.Get("a", h) }; func Get(a string, h http.HandlerFunc) {}; func g() { Get("/a", h) }`, ""},
		"a router is no handler":     {`func f(r *router) { http.Handle("/", r) }`, ""},
		"a call with a handler":      {`func f(s *server) { s.ServeHTTP(nil, nil); fmt.Println("/a", h) }`, ""},
		"a constant":                 {`const p = "/a"; func f() { http.HandleFunc(p, h) }`, "/a h"},
		"a parameter of type of mux": {`func f(m *http.ServeMux) { m.HandleFunc("/a", h) }`, "…/a h root"},
	} {
		t.Run(name, func(t *testing.T) {
			p := l.Load(t, prelude+c.src, values.Analyzer, budgets.Analyzer, httpconf.Analyzer, routes.Analyzer)
			var got []string
			for _, r := range p.ResultOf[routes.Analyzer].(*routes.Index).Routes {
				got = append(got, show(r))
			}
			if text := strings.Join(got, "; "); text != c.want {
				t.Errorf("%s\ngot  %s\nwant %s", c.src, text, c.want)
			}
		})
	}
}

func show(r routes.Route) string {
	parts := []string{r.Pattern}
	if r.Partial {
		parts[0] = "…" + r.Pattern
	}
	if r.Method != "" {
		parts = append([]string{r.Method}, parts...)
	}
	for _, h := range r.Handlers {
		switch {
		case h.Lit != nil:
			parts = append(parts, "literal")
		case h.Returned:
			parts = append(parts, h.Func.Name()+"()")
		default:
			parts = append(parts, h.Func.Name())
		}
	}
	for _, l := range r.Limits {
		parts = append(parts, fmt.Sprintf("%v by %s", l.Time, l.What))
	}
	if r.Root && r.Partial {
		parts = append(parts, "root")
	}
	return strings.Join(parts, " ")
}

func TestServers(t *testing.T) {
	l := passtest.NewLoader()
	for name, c := range map[string]struct{ src, want string }{
		"a timeout":     {`func f() { m := http.NewServeMux(); m.HandleFunc("/a", h); s := &http.Server{Handler: logged(m), WriteTimeout: time.Second}; s.ListenAndServe() }`, "1s linked"},
		"no timeout":    {`func f() { m := http.NewServeMux(); m.HandleFunc("/a", h); s := &http.Server{Handler: m}; s.ListenAndServe() }`, "none linked"},
		"not constant":  {`func f(d time.Duration) { m := http.NewServeMux(); m.HandleFunc("/a", h); s := &http.Server{Handler: m, WriteTimeout: d}; s.ListenAndServe() }`, "unknown linked"},
		"a function's":  {`func f() { m := http.NewServeMux(); m.HandleFunc("/a", h); http.ListenAndServe(":80", m) }`, "none linked"},
		"the default":   {`func f() { http.HandleFunc("/a", h); http.ListenAndServe(":80", nil) }`, "none linked"},
		"another mux":   {`func f() { m, n := http.NewServeMux(), http.NewServeMux(); m.HandleFunc("/a", h); http.ListenAndServe(":80", n) }`, "none"},
		"over a socket": {`func f() { m := http.NewServeMux(); m.HandleFunc("/a", h); s := http.Server{Handler: m, WriteTimeout: time.Second}; s.Serve(nil) }`, "1s linked"},
	} {
		t.Run(name, func(t *testing.T) {
			p := l.Load(t, prelude+c.src, values.Analyzer, budgets.Analyzer, httpconf.Analyzer, routes.Analyzer)
			x := p.ResultOf[routes.Analyzer].(*routes.Index)
			if len(x.Servers) != 1 || len(x.Routes) != 1 {
				t.Fatalf("%d servers and %d routes", len(x.Servers), len(x.Routes))
			}
			s, got := x.Servers[0], "none"
			switch {
			case s.Write.Time > 0:
				got = s.Write.Time.String()
			case s.Write.What != "":
				got = "unknown"
			}
			for _, k := range s.Keys {
				if k == x.Routes[0].Keys[len(x.Routes[0].Keys)-1] {
					got += " linked"
					break
				}
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
