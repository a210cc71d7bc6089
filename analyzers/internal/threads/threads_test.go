package threads

import (
	"fmt"
	"go/ast"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/go/analysis/passes/inspect"

	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

const src = `package p

import "runtime"

func lock()   { runtime.LockOSThread() }
func unlock() { runtime.UnlockOSThread() }

func balanced() {
	lock()
	defer unlock()
	in()
}

func early(b bool) {
	lock()
	if b {
		return
	}
	unlock()
}

func correlated(b bool) {
	if b {
		lock()
	}
	in()
	if !b {
		return
	}
	unlock()
}

func flagged(b bool) {
	locked := false
	if b {
		lock()
		locked = true
	}
	if locked {
		unlock()
	}
}

func reassigned() error {
	err := fails()
	if err != nil {
		return err
	}
	lock()
	err = fails()
	if err != nil {
		return err
	}
	unlock()
	return nil
}

func asked() {
	if ready() {
		lock()
	}
	if ready() {
		unlock()
	}
}

func fails() error { return nil }
func ready() bool  { return true }

func turns(n int) {
	for range n {
		lock()
	}
}

func ends(b bool) {
	lock()
	if b {
		panic("b")
	}
	unlock()
}

func handedOn() func() {
	lock()
	return func() { unlock() }
}

func deferredLiteral() {
	lock()
	defer func() {
		in()
		unlock()
	}()
}

func goroutine() {
	go func() {
		lock()
		in()
	}()
}

func recursive(n int) {
	lock()
	if n > 0 {
		recursive(n - 1)
	}
	unlock()
}

func selects(c chan int) {
	lock()
	select {
	case <-c:
		in()
	}
	unlock()
	after()
}

func caller()     { lock(); callee(); unlock() }
func callee()     { within() }
func free()       { freely() }
func other()      { lock(); freely2(); unlock(); freely2() }
func Exported()   { unseen() }
func in()         {}
func after()      {}
func within()     {}
func freely()     {}
func freely2()    {}
func unseen()     {}
func starts()     { go free() }
`

func load(t *testing.T) (*passtest.Package, *Index) {
	t.Helper()
	p := passtest.Load(t, src, inspect.Analyzer, ctrlflow.Analyzer, Analyzer)
	return p, p.ResultOf[Analyzer].(*Index)
}

func TestReturns(t *testing.T) {
	p, x := load(t)
	for name, want := range map[string]string{
		"lock":            "1",
		"unlock":          "-1",
		"balanced":        "0",
		"early":           "1 0",
		"correlated":      "0 0",
		"flagged":         "0",
		"reassigned":      "0 1 0",
		"asked":           "0",
		"turns":           "0 1 2 3",
		"ends":            "0",
		"handedOn":        "unclear",
		"deferredLiteral": "0",
		"goroutine":       "",
		"recursive":       "0",
		"in":              "",
	} {
		s := x.Of(p.Func(t, name))
		var got []string
		for _, r := range s.Returns {
			got = append(got, fmt.Sprint(r.Left))
		}
		if s.Unclear {
			got = []string{"unclear"}
		}
		if name == "goroutine" {
			got = got[:0] // the literal's are its own
			if n, ok := s.Fixed(); !ok || n != 0 {
				t.Errorf("a function leaves behind what its goroutine does: %d, %t", n, ok)
			}
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s leaves %q behind, want %q", name, text, want)
		}
	}
}

func TestHeld(t *testing.T) {
	p, x := load(t)
	for _, tt := range []struct {
		in, call string
		want     Hold
	}{
		{"balanced", "in", Locked},
		{"correlated", "in", Unknown},
		{"selects", "in", Locked},
		{"selects", "after", Unknown}, // nobody is seen to call it
		{"callee", "within", Locked},
		{"free", "freely", Free},
		{"other", "freely2", Locked},
		{"Exported", "unseen", Unknown},
	} {
		f := p.Func(t, tt.in)
		call := p.Call(t, f, tt.call).Node().(*ast.CallExpr)
		if got := x.Held(f, call); got != tt.want {
			t.Errorf("at %s in %s the thread is %d, want %d", tt.call, tt.in, got, tt.want)
		}
	}
	f := p.Func(t, "selects")
	sel := f.Body.List[1]
	if got := x.HeldAt(f, sel.Pos()); got != Locked {
		t.Errorf("at a select the thread is %d, want locked", got)
	}
}

func TestTop(t *testing.T) {
	p, x := load(t)
	for name, want := range map[string]bool{"free": true, "callee": false, "Exported": false} {
		if got := x.Top(p.Func(t, name)); got != want {
			t.Errorf("%s is what a goroutine runs: %t, want %t", name, got, want)
		}
	}
}
