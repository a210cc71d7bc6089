package deferloop_test

import (
	"go/ast"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/deferloop"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

const src = `package p

import (
	"log"
	"os"
)

func once(name string) {
	f, _ := os.Open(name)
	defer f.Close()
	for range 3 {
		println(name)
	}
}

func again(names []string) {
	for _, name := range names {
		f, _ := os.Open(name)
		defer f.Close()
	}
}

func leaves(names []string) {
	for _, name := range names {
		f, _ := os.Open(name)
		defer f.Close()
		return
	}
}

func wrapped(names []string) {
	for _, name := range names {
		func() {
			f, _ := os.Open(name)
			defer f.Close()
		}()
	}
}

func endless(name string) {
	for {
		f, _ := os.Open(name)
		defer f.Close()
	}
}

func jumps(name string) {
again:
	f, _ := os.Open(name)
	defer f.Close()
	if name == "" {
		goto again
	}
}

func guarded(names []string) {
	open := false
	for _, name := range names {
		if !open {
			f, _ := os.Open(name)
			defer f.Close()
			open = true
		}
	}
}

func few() {
	for _, name := range []string{"a", "b"} {
		f, _ := os.Open(name)
		defer f.Close()
	}
}

func kept(names []string) (files []*os.File) {
	for _, name := range names {
		f, _ := os.Open(name)
		defer f.Close()
		files = append(files, f)
	}
	return files
}

func released(names []string) {
	for _, name := range names {
		f, _ := os.Open(name)
		defer f.Close()
		println(name)
		f.Close()
	}
}

func installed(args []string) {
	for len(args) > 0 {
		f, _ := os.Create(args[0])
		log.SetOutput(f)
		defer f.Close()
		args = args[1:]
	}
}

func printed(args []string) {
	for len(args) > 0 {
		f, _ := os.Create(args[0])
		log.SetPrefix(f.Name())
		log.Println(f)
		defer f.Close()
		args = args[1:]
	}
}
`

func TestFind(t *testing.T) {
	p := passtest.Load(t, src)
	for name, want := range map[string]string{
		"once": "once", "again": "again", "leaves": "once", "wrapped": "", "endless": "endless", "jumps": "again",
		"guarded": "guarded", "few": "deliberate", "kept": "deliberate", "released": "deliberate",
		"installed": "deliberate", "printed": "again",
	} {
		f := p.Func(t, name)
		var defers []*ast.DeferStmt
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if d, ok := n.(*ast.DeferStmt); ok {
				defers = append(defers, d)
			}
			_, lit := n.(*ast.FuncLit)
			return !lit
		})
		loops, once := deferloop.Find(p.TypesInfo, p.Root, f, defers)
		got := ""
		if len(once) > 0 {
			got = "once"
		}
		for _, l := range loops {
			switch {
			case l.Guarded():
				got += "guarded"
			case !l.Ends:
				got += "endless"
			case l.Deliberate():
				got += "deliberate"
			default:
				got += "again"
			}
		}
		if got != want {
			t.Errorf("%s: the defer is %q, want %q", name, got, want)
		}
	}
}

func TestCancels(t *testing.T) {
	p := passtest.Load(t, `package p

import "context"

func direct(ctx context.Context) {
	for range 20 {
		_, cancel := context.WithCancel(ctx)
		defer cancel()
	}
}

func closed(ctx context.Context) {
	for range 20 {
		_, cancel := context.WithCancelCause(ctx)
		defer func() { cancel(nil) }()
	}
}

func other(ctx context.Context, done func()) {
	for range 20 {
		defer done()
	}
}
`)
	for name, want := range map[string]bool{"direct": true, "closed": true, "other": false} {
		f := p.Func(t, name)
		var defers []*ast.DeferStmt
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if d, ok := n.(*ast.DeferStmt); ok {
				defers = append(defers, d)
			}
			return true
		})
		loops, _ := deferloop.Find(p.TypesInfo, p.Root, f, defers)
		if got := loops[0].Cancels(); got != want {
			t.Errorf("%s: the defer ends a context: %t, want %t", name, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	p := passtest.Load(t, src)
	for name, want := range map[string]bool{"again": true, "few": false, "jumps": false} {
		f := p.Func(t, name)
		var defers []*ast.DeferStmt
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if d, ok := n.(*ast.DeferStmt); ok {
				defers = append(defers, d)
			}
			return true
		})
		loops, _ := deferloop.Find(p.TypesInfo, p.Root, f, defers)
		if got := loops[0].Wrap() != nil; got != want {
			t.Errorf("%s: the body can be wrapped: %t, want %t", name, got, want)
		}
	}
}
