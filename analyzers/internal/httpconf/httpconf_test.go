package httpconf_test

import (
	"go/ast"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

const prelude = `package p

import (
	"flag"
	"net/http"
	"time"
)

var (
	_ = flag.Parse
	_ time.Duration
	_ *http.Client
)

`

func load(t *testing.T, l *passtest.Loader, src string) *httpconf.Index {
	t.Helper()
	p := l.Load(t, prelude+src, values.Analyzer, httpconf.Analyzer)
	return p.ResultOf[httpconf.Analyzer].(*httpconf.Index)
}

// Each case makes one client; want is the state of its Timeout.
func TestField(t *testing.T) {
	l := passtest.NewLoader()
	for name, c := range map[string]struct {
		src  string
		want httpconf.State
	}{
		"literal without":      {`var c = &http.Client{}`, httpconf.Unset},
		"literal with":         {`var c = &http.Client{Timeout: time.Second}`, httpconf.Set},
		"zero on purpose":      {`var c = &http.Client{Timeout: 0}`, httpconf.Zero},
		"not constant":         {`func f(d time.Duration) { _ = &http.Client{Timeout: d} }`, httpconf.Set},
		"new":                  {`func f() { c := new(http.Client); c.Timeout = 1 }`, httpconf.Set},
		"a variable":           {`func f() { var c http.Client; c.Get("") }`, httpconf.Unset},
		"a variable, set":      {`func f() { var c http.Client; c.Timeout = 1; c.Get("") }`, httpconf.Set},
		"through a field":      {`type s struct{ c *http.Client }; func f() { x := &s{&http.Client{}}; x.c.Timeout = 1 }`, httpconf.Set},
		"through a helper":     {`func f() { g(&http.Client{}) }; func g(c *http.Client) { c.Timeout = 1 }`, httpconf.Set},
		"through a result":     {`func g() *http.Client { return &http.Client{} }; func f() { g().Timeout = 1 }`, httpconf.Set},
		"through a tuple":      {`func g() (*http.Client, error) { c := &http.Client{}; return c, nil }; func f() { c, _ := g(); c.Timeout = 1 }`, httpconf.Set},
		"through a map":        {`var m = map[string]*http.Client{}; func f() { m["a"] = &http.Client{}; for _, c := range m { c.Timeout = 1 } }`, httpconf.Set},
		"through an interface": {`type doer interface{ Get(string) (*http.Response, error) }; func f() { var d doer = &http.Client{}; d.(*http.Client).Timeout = 1 }`, httpconf.Set},
		"through its address":  {`func f() { var c http.Client; flag.DurationVar(&c.Timeout, "t", 1, "") }`, httpconf.Set},
		"overwritten":          {`func f(o *http.Client) { c := &http.Client{}; *c = *o }`, httpconf.Unknown},
		"overwritten in sight": {`func f() { c := new(http.Client); *c = http.Client{Timeout: 1} }`, httpconf.Set},
		"out of sight":         {`func f(g func(*http.Client)) { g(&http.Client{}) }`, httpconf.Unknown},
		"a copy out of sight":  {`func f(g func(http.Client)) { g(http.Client{}) }`, httpconf.Unset},
		"a copy's":             {`func f() { c := &http.Client{}; d := *c; d.Timeout = 1 }`, httpconf.Unset},
		"through a star":       {`func f() { c := &http.Client{}; (*c).Timeout = 1 }`, httpconf.Set},
		"another's":            {`func f() { c := &http.Client{}; d := (*http.Client)(nil); d.Timeout = 1; _ = c }`, httpconf.Unset},
	} {
		t.Run(name, func(t *testing.T) {
			x := load(t, l, c.src)
			if len(x.Values) == 0 {
				t.Fatal("no client")
			}
			if got := x.Values[0].Field("Timeout").State; got != c.want {
				t.Errorf("%s\nTimeout is in state %d, want %d", c.src, got, c.want)
			}
		})
	}
}

func TestConstant(t *testing.T) {
	x := load(t, passtest.NewLoader(), `
const long = 2 * time.Minute
var limit = 3 * time.Second
func f(slow bool) {
	_ = &http.Client{Timeout: long}
	_ = &http.Client{Timeout: limit}
	c := &http.Client{Timeout: long}
	if slow {
		c.Timeout = limit
	}
}`)
	for i, want := range []time.Duration{2 * time.Minute, 3 * time.Second, 0} {
		if got := x.Values[i].Field("Timeout").Duration(); got != want {
			t.Errorf("the Timeout of client %d is %v, want %v", i, got, want)
		}
	}
}

func TestCalls(t *testing.T) {
	x := load(t, passtest.NewLoader(), `
type s struct{ http.Server }
func (x *s) run() { x.ListenAndServe() }
func f() { srv := &http.Server{}; go srv.Serve(nil) }
func g() { h(http.DefaultClient) }
func h(c *http.Client) { c.Do(nil) }
`)
	got := make(map[httpconf.Kind]string)
	for _, v := range x.Values {
		for _, c := range v.Calls {
			got[v.Kind] += c.Method
		}
	}
	if got[httpconf.Server] != "Serve" || got[httpconf.Client] != "Do" {
		t.Errorf("calls are %v", got)
	}
}

func TestTransport(t *testing.T) {
	l := passtest.NewLoader()
	for name, c := range map[string]struct {
		src     string
		way     httpconf.Way
		waiting bool // the transport has a ResponseHeaderTimeout
	}{
		"none":     {`var c = &http.Client{}`, httpconf.Direct, false},
		"own":      {`var c = &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 1}}`, httpconf.Direct, true},
		"later":    {`func f() { tr := &http.Transport{}; _ = &http.Client{Transport: tr}; tr.ResponseHeaderTimeout = 1 }`, httpconf.Direct, true},
		"a clone":  {`func f() { tr := http.DefaultTransport.(*http.Transport).Clone(); tr.ResponseHeaderTimeout = 1; _ = &http.Client{Transport: tr} }`, httpconf.Direct, true},
		"wrapped":  {`type w struct{ http.RoundTripper }; var c = &http.Client{Transport: w{&http.Transport{ResponseHeaderTimeout: 1}}}`, httpconf.Wrapped, true},
		"given":    {`func F(rt http.RoundTripper) { _ = &http.Client{Transport: rt} }`, httpconf.Hidden, false},
		"returned": {`func F(tr *http.Transport) *http.Transport { return tr }; func g(tr *http.Transport) { _ = &http.Client{Transport: F(tr)} }`, httpconf.Hidden, false},
		"kept":     {`type t struct{ tr *http.Transport }; func New(tr *http.Transport) *t { return &t{tr} }; func (x *t) f() { _ = &http.Client{Transport: x.tr} }`, httpconf.Hidden, false},
		"of a map": {`var m map[string]http.RoundTripper; func f() { m["a"] = &http.Transport{}; _ = &http.Client{Transport: m["a"]} }`, httpconf.Direct, false},
	} {
		t.Run(name, func(t *testing.T) {
			x := load(t, l, c.src)
			for _, v := range x.Values {
				if v.Kind != httpconf.Client {
					continue
				}
				tr, way := x.Transport(v)
				if way != c.way || way != httpconf.Hidden && tr.Field("ResponseHeaderTimeout").Given() != c.waiting {
					t.Errorf("%s\ngives way %d, transport %v", c.src, way, tr)
				}
				return
			}
			t.Fatal("no client")
		})
	}
}

func TestShared(t *testing.T) {
	x := load(t, passtest.NewLoader(), `
func f() {
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 64
	http.DefaultTransport = &http.Transport{}
	_ = http.DefaultTransport.(*http.Transport).Clone()
	own := *http.DefaultClient
	own.Timeout = 1
}`)
	for _, v := range x.Values {
		_, call := v.Expr.(*ast.CallExpr)
		switch {
		case v.Kind == httpconf.Client && v.Default == v.Field("Timeout").Given():
			t.Error("a copy of the default client is not told from it")
		case v.Kind == httpconf.Client:
		case v.Default && len(v.Sets) != 2:
			t.Errorf("the default transport is changed %d times, want 2", len(v.Sets))
		case call && v.Field("MaxIdleConnsPerHost").Int != 64:
			t.Error("the clone has not the field of what it is a clone of")
		case call && v.Field("MaxIdleConns").Int != 100:
			t.Error("the clone has not the default")
		}
	}
}

// Rules ask of the same values side by side: the answer to one is whole whatever others
// ask meanwhile.
func TestSideBySide(t *testing.T) {
	x := load(t, passtest.NewLoader(), `func f() { tr := &http.Transport{ResponseHeaderTimeout: 1}; _ = &http.Client{Transport: tr.Clone()} }`)
	i := slices.IndexFunc(x.Values, func(v *httpconf.Value) bool { return v.Kind == httpconf.Client })
	if i < 0 {
		t.Fatal("no client")
	}
	clone, _ := x.Transport(x.Values[i])
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				if !clone.Field("ResponseHeaderTimeout").Given() {
					t.Error("a clone lacks what it was made of")
					return
				}
			}
		})
	}
	wg.Wait()
}
