package retries_test

import (
	"fmt"
	"go/ast"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/passtest"
	"github.com/lagvet/lagvet/analyzers/internal/retries"
)

// Each function calls try, which may fail.
const source = `package p

import (
	"errors"
	"fmt"
	"time"
)

var errBusy = errors.New("busy")
var done chan bool

type node struct{ next *node }

func (n *node) Clone() *node { return n }

func try(x ...any) error { return nil }
func value() (int, error) { return 0, nil }
func pop() any { return nil }
func get() any { return nil }
func log(any) {}

func once() error { return try() }
func ends() error { for { if err := try(); err != nil { return err } } }
func hot() { for { if err := try(); err != nil { continue }; return } }
func falls() { for { if err := try(); err == nil { return } } }
func compared() { for try() != nil { } }
func ignored() { for { _ = try() } }
func paused() { for { if err := try(); err != nil { time.Sleep(1); continue }; return } }
func mixed(b bool) { for { err := try(); if err == nil { return }; if errors.Is(err, errBusy) { continue }; time.Sleep(1) } }
func conditional() { for i := 0; ; i++ { if i > 0 { time.Sleep(1) }; if err := try(); err == nil { return } } }
func counted() { for i := 0; i < 3; i++ { if err := try(); err == nil { return } } }
func ranged() { for range 3 { if err := try(); err == nil { return } } }
func list(all []int) { for _, x := range all { if err := try(x); err != nil { continue } } }
func index(all []int) { for i := 0; i < len(all); i++ { if err := try(all[i]); err != nil { continue } } }
func queue() { for { x := pop(); if err := try(x); err != nil { continue } } }
func same() { for { x := get(); if err := try(x); err != nil { continue } } }
func selects() { for { err := try(); if err == nil { return }; select { case <-done: return; case <-time.After(1): } } }
func polls() { for { err := try(); if err == nil { return }; select { case <-done: return; default: } } }
func wraps() { for { err := try(); if err != nil { err = fmt.Errorf("x: %w", err); log(err); continue }; return } }
func goesOn() { for { err := try(); log(err); _, err = value(); if err != nil { continue } } }
func prepares() { for { _, err := value(); if err != nil { return }; err = try(); if err != nil { continue }; return } }
func switched() { for { switch err := try(); err { case nil: return; default: continue } } }
func and(b bool) { for { if err := try(); err == nil && b { return } } }
func or(b bool) { for { if err := try(); err != nil || b { continue }; return } }
func nested() { for range 3 { for range 4 { if err := try(); err == nil { return } }; time.Sleep(1) } }
func outer() { for { for { if err := try(); err != nil { break } }; time.Sleep(1) } }
func answered() { for { n, err := value(); if try(err) == nil && n == 200 { return } } }
func anyway() { for { if err := try(); err != nil { log(err) } } }
func jumps() { again: if err := try(); err != nil { goto again } }
func jumpsOut() { again: for { if err := try(); err != nil { goto again } } }
func linked(n *node) { for n != nil { if err := try(n); err != nil { log(err) }; n = n.next } }
func linkedInHead(n *node) { for m := n; m != nil; m = m.next { if err := try(m); err != nil { continue } } }
func modulo(all []int) { i := 0; for range all[0] { if err := try(all[i%len(all)]); err == nil { return }; i++ } }
func cloned(n *node) { for { if err := try(n); err == nil { return }; n = n.Clone() } }
func panics() { for { if err := try(); err != nil { panic(err) } } }
func typed() { for { err := try(); switch err.(type) { case nil: return; default: log(err) } } }
`

func load(t *testing.T, src string) (*passtest.Package, *retries.Index) {
	p := passtest.Load(t, src, retries.Analyzer)
	return p, p.ResultOf[retries.Analyzer].(*retries.Index)
}

func TestAfter(t *testing.T) {
	p, x := load(t, source)
	for fn, want := range map[string]string{
		"once":         "none",
		"ends":         "none",
		"hot":          "hot, 0 exits",
		"falls":        "hot, 0 exits",
		"compared":     "hot, 0 exits",
		"ignored":      "none",
		"paused":       "paused, 0 exits",
		"mixed":        "hotpaused, 0 exits", // it pauses for some reason or other
		"conditional":  "paused, 0 exits",
		"counted":      "hot, 1 exits",
		"ranged":       "hot, 1 exits",
		"list":         "none",
		"index":        "none",
		"queue":        "none",
		"same":         "hot, 0 exits, anyway",
		"selects":      "paused, 1 exits",
		"polls":        "hot, 1 exits",
		"wraps":        "hot, 0 exits",
		"goesOn":       "none",
		"prepares":     "hot, 0 exits",
		"switched":     "hot, 0 exits",
		"and":          "hot, 0 exits",
		"or":           "hot, 0 exits",
		"nested":       "hotpaused, 1 outer",
		"outer":        "paused, 0 exits, anyway",
		"jumps":        "none", // no loop that a finding could name
		"jumpsOut":     "none",
		"linked":       "none",
		"linkedInHead": "none",
		"modulo":       "none",
		"cloned":       "hot, 0 exits",
		"panics":       "none",
		"typed":        "hot, 1 exits, anyway", // what a type switch finds is not followed
	} {
		f := p.Func(t, fn)
		call := p.Funcs.Call(p.Call(t, f, "try").Node().(*ast.CallExpr))
		if got := describe(x.After(f, call, nil)); got != want {
			t.Errorf("%s: %s, want %s", fn, got, want)
		}
	}
}

func describe(r *retries.Retry) string {
	if r == nil {
		return "none"
	}
	how := ""
	if r.Hot {
		how = "hot"
	}
	if r.Paused {
		how += "paused"
	}
	if len(r.Outer) > 0 {
		return fmt.Sprintf("%s, %d outer", how, len(r.Outer))
	}
	if r.Anyway {
		return fmt.Sprintf("%s, %d exits, anyway", how, len(r.Exits))
	}
	return fmt.Sprintf("%s, %d exits", how, len(r.Exits))
}

func TestRepeats(t *testing.T) {
	p, x := load(t, `package p

import "time"

func try() error { return nil }

func thrice() (err error) { for range 3 { if err = try(); err == nil { return nil }; time.Sleep(1) }; return err }
func hands() error { return thrice() }
func hot() (err error) { for range 3 { if err = try(); err == nil { return nil } }; return err }
func endless() error { for { if err := try(); err == nil { return nil }; time.Sleep(1) } }
func silent() { for range 3 { if err := try(); err == nil { return }; time.Sleep(1) } }

func retry(f func() error) (err error) { for range 3 { if err = f(); err == nil { return nil }; time.Sleep(1) }; return err }
func wraps(n int, f func() error) error { return retry(func() error { return f() }) }
func passes(f func() error) error { return retry(f) }
func calls(f func() error) error { return f() }
`)
	for fn, want := range map[string]bool{"try": false, "thrice": true, "hands": true, "hot": false, "endless": false, "silent": false} {
		if got := x.Repeats(p.Func(t, fn).Obj) != nil; got != want {
			t.Errorf("%s repeats: %v", fn, got)
		}
	}
	for fn, want := range map[string]int{"retry": 0, "wraps": 1, "passes": 0, "calls": -1} {
		got := -1
		if i, ok := x.Retrier(p.Func(t, fn).Obj); ok {
			got = i
		}
		if got != want {
			t.Errorf("%s retries parameter %d, want %d", fn, got, want)
		}
	}
}
