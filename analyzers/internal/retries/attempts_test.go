package retries_test

import (
	"go/ast"
	"testing"
)

func TestAttempts(t *testing.T) {
	p, x := load(t, `package p

import "time"

const most = 4

func try() error { return nil }

func counted() { for i := 0; i < 3; i++ { if try() == nil { return }; time.Sleep(1) } }
func fromOne() { for i := 1; i <= most; i++ { if try() == nil { return } } }
func ranged() { for range most { if try() == nil { return } } }
func both(b bool) { for i := 0; i < 5 && b; i++ { if try() == nil { return } } }
func leavesBehind() { for i := 0; ; i++ { if try() == nil || i >= 2 { return } } }
func behind() { for i := 0; ; i++ { err := try(); if err == nil { return }; if i >= 2 { return } } }
func before() { for i := 0; ; i++ { if i == 2 { return }; err := try(); if err == nil { return } } }
func nested() { for range 3 { for range 4 { if err := try(); err == nil { return } }; time.Sleep(1) } }
func told(n int) { for i := 0; i < n; i++ { if try() == nil { return } } }
func endless() { for { if try() == nil { return }; time.Sleep(1) } }
func skips() { for i := 0; i < 9; i++ { if try() == nil { return }; i++ } }
func down() { for i := 3; i > 0; i-- { if try() == nil { return } } }
`)
	for fn, want := range map[string]int{
		"counted": 3, "fromOne": 4, "ranged": 4, "both": 5, "behind": 3, "before": 2, "nested": 12,
		"leavesBehind": 0, // two things are asked at once
		"told":         0, "endless": 0, "skips": 0, "down": 0,
	} {
		f := p.Func(t, fn)
		r := x.After(f, p.Funcs.Call(p.Call(t, f, "try").Node().(*ast.CallExpr)), nil)
		if r == nil {
			t.Errorf("%s does not try again", fn)
			continue
		}
		if got := x.Attempts(r, nil); got != want {
			t.Errorf("%s tries %d times, want %d", fn, got, want)
		}
	}
	f := p.Func(t, "told")
	r := x.After(f, p.Funcs.Call(p.Call(t, f, "try").Node().(*ast.CallExpr)), nil)
	if got := x.Attempts(r, func(ast.Expr) (int, bool) { return 7, true }); got != 7 {
		t.Errorf("told from outside, it tries %d times", got)
	}
}

func TestRetrierAttempts(t *testing.T) {
	p, x := load(t, `package p

import "time"

func constant(f func() error) error { var err error; for range 3 { if err = f(); err == nil { return nil }; time.Sleep(1) }; return err }
func given(n int, f func() error) error { var err error; for i := 0; i < n; i++ { if err = f(); err == nil { return nil }; time.Sleep(1) }; return err }
func endless(f func() error) { for { if err := f(); err == nil { return }; time.Sleep(1) } }
`)
	for fn, want := range map[string][3]int{"constant": {0, 3, 0}, "given": {1, 0, 1}, "endless": {0, 0, 0}} {
		r := x.RetrierOf(p.Func(t, fn).Obj)
		if r == nil {
			t.Errorf("%s is no retrier", fn)
			continue
		}
		if got := [3]int{r.Param, r.Attempts, r.Count}; got != want {
			t.Errorf("%s: %v, want %v", fn, got, want)
		}
	}
}
