package protection_test

import (
	"go/ast"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/passtest"
	"github.com/lagvet/lagvet/analyzers/internal/protection"
)

// Each function calls ask; the table says what protects that.
const source = `package p

import "net/http"

func ask() error { return nil }

type limiter struct{}

func (l *limiter) Allow() bool { return true }
func (l *limiter) SetRate(int) {}

type gate struct{ slots chan struct{} }

func (g *gate) acquire() (release func()) { return nil }
func (g *gate) Execute(f func() error) error { return f() }
func (g *gate) Run(sql string) {}

type breaker struct{}

func (b *breaker) Do(f func() error) error { return f() }

type client struct {
	l *limiter
	g *gate
	b *breaker
	c *http.Client
}

func (c *client) bare() { ask() }
func (c *client) allowed() { if c.l.Allow() { ask() } }
func (c *client) after() { ask(); c.l.Allow() }
func (c *client) setUp() { c.l.SetRate(1); ask() }
func (c *client) acquired() { defer c.g.acquire()(); ask() }
func (c *client) executed() { c.g.Execute(func() error { return ask() }) }
func (c *client) run() { c.g.Run("x"); ask() }
func (c *client) done() { c.b.Do(func() error { return ask() }) }
func (c *client) slot() { c.g.slots <- struct{}{}; defer func() { <-c.g.slots }(); ask() }
func (c *client) signal() { c.g.slots <- struct{}{}; ask() }
func (c *client) throttle() { c.l.Allow() }
func (c *client) helped() { c.throttle(); ask() }
func (c *client) request() { c.c.Do(nil); ask() }
`

func TestBefore(t *testing.T) {
	p := passtest.Load(t, source, protection.Analyzer)
	x := p.ResultOf[protection.Analyzer].(*protection.Index)
	for fn, want := range map[string]string{
		"bare":     "",
		"allowed":  "limiter.Allow",
		"after":    "",
		"setUp":    "",
		"acquired": "gate.acquire",
		"executed": "gate.Execute",
		"run":      "",
		"done":     "breaker.Do",
		"slot":     "slots",
		"signal":   "",
		"helped":   "limiter.Allow",
		"request":  "",
	} {
		f := p.Func(t, "client."+fn)
		call := p.Call(t, f, "ask").Node().(*ast.CallExpr)
		if got := x.Before(p.Funcs.At(call.Pos()), call.Pos()); got != want {
			t.Errorf("%s: %q, want %q", fn, got, want)
		}
	}
}

func TestIn(t *testing.T) {
	p := passtest.Load(t, source, protection.Analyzer)
	x := p.ResultOf[protection.Analyzer].(*protection.Index)
	for fn, want := range map[string]string{"bare": "", "allowed": "limiter.Allow", "helped": "limiter.Allow"} {
		if got := x.Of(p.Func(t, "client."+fn).Obj); got != want {
			t.Errorf("%s: %q, want %q", fn, got, want)
		}
	}
}
