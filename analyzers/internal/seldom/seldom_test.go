package seldom

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// Each call of mark is a place; its argument says why it is seldom reached, "".
const source = `package p

import (
	"errors"
	"fmt"
	"sync"
)

type T struct{ n int }

type S struct {
	p      *T
	m      map[string]*T
	buf    []byte
	free   []*T
	ch     chan *T
	pool   sync.Pool
	cache  sync.Map
	debug  bool
	level  int
	tracer *T
	log    logger
	err    error
}

type logger struct{}

func (logger) Infof(string, ...any)  {}
func (logger) Errorf(string, ...any) {}

func mark(string) *T      { return nil }
func text(string) string  { return "" }
func (s *S) Find() *T     { return nil }

var global *T

func (s *S) plain(n int, q *T) {
	mark("")
	if n > 0 { mark("") }
	if q == nil { q = mark("") } // the caller decides
	var local *T
	if local == nil { local = mark("") } // begins anew each time
	for { mark(""); if n > 0 { break } }
	_ = local
}

func (s *S) lazy() {
	if s.p == nil { s.p = mark("while there is none") }
	var seen *T
	note := func() { if seen == nil { seen = mark("while there is none") } }
	note(); note()
	if nil == global { global = mark("while there is none") }
	if s.p == nil { mark("") } // nothing is kept
	if s.p != nil { mark("") } else { s.p = mark("while there is none") }
	if s.p == nil || s.debug { s.p = mark("while there is none") }
	x := s.Find()
	if x == nil { mark("while there is none") }
}

func (s *S) grow(n int, dst []byte) {
	if cap(s.buf) < n { mark("to grow") }
	if have := len(dst); have < n { dst = append(dst[:0], text("to grow")...) }
	if len(s.buf) < n { s.buf = append(s.buf, text("to grow")...) }
	if len(s.buf) < n { mark("") }
	b := s.buf
	if len(b) == 0 { b = append(b, text("to grow")...) }
	p := s.pool.Get().([]byte)
	if len(p) < n { p = append(p, text("to grow")...) }
	var own []byte
	if len(own) == 0 { own = append(own, text("")...) }
}

func (s *S) miss(k string) *T {
	v, ok := s.m[k]
	if !ok { v = mark("none to reuse"); s.m[k] = v }
	if ok { mark("") }
	w, ok := s.m[k]
	if !ok { mark(""); _ = w } // nothing is filled
	u, ok := s.pool.Get().(*T)
	if !ok { u = mark("none to reuse") }
	_ = u
	if c, ok := s.cache.Load(k); ok { return c.(*T) }
	return mark("none to reuse")
}

func (s *S) list() *T {
	if n := len(s.free); n > 0 {
		t := s.free[n-1]
		s.free = s.free[:n-1]
		return t
	}
	return mark("none to reuse")
}

func (s *S) listed() (t *T) {
	if n := len(s.free); n > 0 {
		t = s.free[n-1]
		s.free = s.free[:n-1]
	} else {
		t = mark("none to reuse")
	}
	if len(s.free) > 0 { s.debug = true } else { t = mark("") } // nothing is taken
	return t
}

func (s *S) left(n int) *T {
	if n == 0 { return nil }
	if err := s.err; err != nil { return nil }
	return mark("")
}

func (s *S) found() {
	x := s.Find()
	if x != nil { x.n++; return }
	mark("none to reuse")
}

func (s *S) channel() *T {
	select {
	case t := <-s.ch:
		return t
	default:
		return mark("none to reuse")
	}
}

func (s *S) polls() *T {
	select {
	case <-s.ch:
	default:
		return mark("")
	}
	return nil
}

func (s *S) once(o *sync.Once, f func(func())) {
	o.Do(func() { mark("once") })
	f(func() { mark("") })
}

func (s *S) events(n int, name string) error {
	s.log.Infof("%v", mark(""))
	s.log.Errorf("%v", mark("event"))
	if n > 1 { s.log.Infof("%v", mark("event")) }
	if n > 2 { s.err = fmt.Errorf("%v", mark("error")) }
	if n > 3 { s.err = errors.New(text("error")) }
	if n > 3 { s.err = newErrorAt(mark("error")) }
	if n > 3 { s.err = newWriter(mark("")) }
	var errText string
	if n > 4 { errText = fmt.Sprint(mark("error")) }
	if n > 5 { if err := s.use(mark("")); err != nil { return err } }
	if n > 6 { return nil }
	s.log.Infof("%v %s", mark(""), errText) // what passed the guards is the main path
	return nil
}

func newErrorAt(*T) error { return nil }
func newWriter(*T) error  { return nil }

func (s *S) use(*T) error { return nil }

func (s *S) diagnostics() {
	if s.debug { mark("diagnostics") }
	if !s.debug { mark("") }
	if s.tracer != nil { mark("diagnostics") }
	if s.debug && s.p != nil { mark("diagnostics") }
	if s.level >= levelDebug { mark("diagnostics") }
	if !(s.level >= levelDebug) { mark("") }
	if s.level >= levelInfo { mark("") }
	if c := s.check(levelDebug); c != nil { mark("diagnostics") }
	if c := s.check(levelInfo); c != nil { mark("") }
}

const (
	levelInfo = iota
	levelDebug
)

func (s *S) check(level int) *T { return nil }

func (s *S) branches(n int) {
	at(false)
	if n > 0 { at(true) } else { at(true) }
	if at(false) != nil { return }
	switch n {
	case 1:
		at(false)
	default:
		at(true)
	}
	if n > 1 { func() { at(false) }() }
}

func at(bool) *T { return nil }

func (s *S) recovers() {
	defer func() {
		if r := recover(); r != nil { mark("panic") }
	}()
}

func (s *S) worker() error {
	mark("before the loop")
	for {
		select {
		case t := <-s.ch:
			if t == nil { return nil }
			switch t.n { case 1: break }
		}
		mark("")
	}
}

func (s *S) request() *T {
	mark("") // it returns something: no worker
	for { if t := <-s.ch; t != nil { return t } }
}

func (s *S) leaves() {
	mark("")
loop:
	for {
		switch { case s.debug: break loop }
	}
}

func (s *S) jumps(n int) {
	if n > 0 { goto failed }
	mark("")
	return
failed:
	s.err = fmt.Errorf("%v", mark("error"))
}
`

func index(t *testing.T) (*Index, *ast.File) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types:      make(map[ast.Expr]types.TypeAndValue),
		Defs:       make(map[*ast.Ident]types.Object),
		Uses:       make(map[*ast.Ident]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
	}
	pkg, err := (&types.Config{Importer: importer.ForCompiler(fset, "gc", nil)}).Check("p", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	in := inspector.New([]*ast.File{f})
	pass := &analysis.Pass{Fset: fset, Files: []*ast.File{f}, Pkg: pkg, TypesInfo: info, ResultOf: map[*analysis.Analyzer]any{syntax.Analyzer: in}}
	fns, err := funcs.Analyzer.Run(pass)
	if err != nil {
		t.Fatal(err)
	}
	return New(pass, fns.(*funcs.Index), in.Root()), f
}

func TestWhy(t *testing.T) {
	ix, file := index(t)
	marks := 0
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if id, ok := call.Fun.(*ast.Ident); !ok || id.Name != "mark" && id.Name != "text" {
			return true
		}
		marks++
		want := strings.Trim(call.Args[0].(*ast.BasicLit).Value, `"`)
		got := ix.Why(call.Lparen)
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%v: got %q, want %q", ix.pass.Fset.Position(call.Pos()), got, want)
		}
		return true
	})
	const enough = 45
	if marks < enough {
		t.Errorf("only %d places", marks)
	}
}

func TestBranched(t *testing.T) {
	ix, file := index(t)
	places := 0
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "at" {
			places++
			if want, got := call.Args[0].(*ast.Ident).Name == "true", ix.Branched(call.Lparen); got != want {
				t.Errorf("%v: got %t", ix.pass.Fset.Position(call.Pos()), got)
			}
		}
		return true
	})
	if places != 7 {
		t.Errorf("%d places", places)
	}
}
