package contexts_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// prelude is what the cases call.
const prelude = `package p

import (
	"context"
	"net/http"
	"sync"
	"time"
)

var (
	_ http.Handler
	_ sync.Mutex
	_ time.Time
)

func work() error { return nil }
func use(context.Context) error { return nil }
func show(context.Context) {}
func now(f func()) { f() }
func later(f func()) { keep = f }

var keep func()

type owner struct{ ctx context.Context }
type frame struct{ Request *http.Request }
type flags struct{ context.Context }

type command struct{ ctx context.Context }

func (*flags) Value(name string) any { return nil }
func (c *command) Context() context.Context { return c.ctx }

`

// The comment behind each call of work says which context is in scope there,
// then, after a colon, why it may be the wrong one; none if there is none.
var cases = map[string]string{
	"a parameter":         `func f(ctx context.Context) { work() /* ctx */ }`,
	"without a name":      `func f(context.Context) { work() /* the context parameter (name it) */ }`,
	"blank":               `func f(_ *http.Request, w http.ResponseWriter) { work() /* the context of the request (name its parameter) */ }`,
	"nothing":             `func f() { work() /* none */ }`,
	"of a command":        `func f(c *command) { work() /* c.Context(): what it is the context of is not known */ }`,
	"of a blank command":  `func f(_ *command) { work() /* the context parameter (name it): what it is the context of is not known */ }`,
	"of a request":        `func f(w http.ResponseWriter, r *http.Request) { work() /* r.Context() */ }`,
	"of a framework":      `func f(c *frame) { work() /* c.Request.Context() */ }`,
	"of a stream":         `func f(s interface{ Context() context.Context }) { work() /* s.Context() */ }`,
	"no context":          `func f(c *flags) { work() /* none */ }`,
	"around a closure":    `func f(ctx context.Context) { now(func() { work() /* ctx */ }) }`,
	"shadowed":            `func f(ctx context.Context) { for _, ctx := range []int{1} { _ = ctx; work() /* none */ } }`,
	"declared later":      `func f() { work() /* none */; ctx := context.Background(); show(ctx) }`,
	"made from nothing":   `func f() { ctx := context.TODO(); work() /* none */; show(ctx) }`,
	"the zero value":      `func f() { var ctx context.Context; work() /* none */; show(ctx) }`,
	"derived":             `func f(r *http.Request, w http.ResponseWriter) { ctx, stop := context.WithCancel(r.Context()); defer stop(); work() /* ctx */; show(ctx) }`,
	"derived here":        `func f() { ctx, stop := context.WithCancel(context.Background()); defer stop(); work() /* ctx: it was made here and has no caller */; show(ctx) }`,
	"cut loose":           `func f(ctx context.Context) { ctx = context.WithoutCancel(ctx); work() /* none */; show(ctx) }`,
	"out of sight":        `func f(c chan context.Context) { ctx := <-c; work() /* ctx: where it comes from is not known */; show(ctx) }`,
	"the owner's":         `func (o *owner) f() { work() /* o.ctx: it is its owner's, not the call's */ }`,
	"the owner's, heeded": `func (o *owner) f() { <-o.ctx.Done(); use(o.ctx); work() /* o.ctx: reached after the context is done */ }`,
	"the owner's, used":   `func (o *owner) f() { use(o.ctx); work() /* o.ctx */ }`,
	"the owner's, shown":  `func (o *owner) f() { show(o.ctx); work() /* o.ctx: it is its owner's, not the call's */ }`,
	"spawned":             `func f(ctx context.Context) { go work() /* ctx: a goroutine that nobody waits for */ }`,
	"joined": `func f(ctx context.Context) {
		var wg sync.WaitGroup
		wg.Go(func() { work() /* ctx */ })
		wg.Wait()
	}`,
	"received from": `func f(ctx context.Context) {
		done := make(chan error)
		go func() { done <- work() /* ctx */ }()
		<-done
	}`,
	"spawned, heeded": `func f(ctx context.Context) { go func() { for ctx.Err() == nil { work() /* ctx */ } }() }`,
	"spawned, shown":  `func f(ctx context.Context) { go func() { show(ctx); work() /* ctx: a goroutine that nobody waits for */ }() }`,
	"deferred":        `func f(ctx context.Context) { defer work() /* ctx: deferred */ }`,
	"called back":     `func f(ctx context.Context) { later(func() { work() /* ctx: a callback that may run later */ }) }`,
	"made once":       `func f(ctx context.Context, o *sync.Once) { o.Do(func() { work() /* ctx: a callback that may run later */ }) }`,
	"by a timer":      `func f(ctx context.Context) { time.AfterFunc(time.Hour, func() { work() /* ctx: a callback that may run later */ }) }`,
	"in a variable":   `func f(ctx context.Context) { g := func() { work() /* ctx */ }; g() }`,
	"after its end":   `func f(ctx context.Context) { if ctx.Err() != nil { work() /* ctx: reached after the context is done */ } }`,
	"after cancel":    `func f(ctx context.Context) { sub, stop := context.WithCancel(ctx); use(sub); stop(); work() /* sub: reached after the context is done */ }`,
	"in select":       `func f(ctx context.Context) { select { case <-ctx.Done(): work() /* ctx: reached after the context is done */ } }`,
	"after a loop":    `func f(ctx context.Context) { for ctx.Err() == nil { use(ctx) }; work() /* ctx: reached after the context is done */ }`,
	"after a select": `func f(ctx context.Context, c chan int) {
	loop:
		for {
			select {
			case <-c:
			case <-ctx.Done():
				break loop
			}
		}
		work() /* ctx: reached after the context is done */
	}`,
	"after a loop that heard of it": `func f(ctx context.Context, c chan int) {
		var err error
		for err == nil {
			select {
			case <-c:
			case <-ctx.Done():
				err = ctx.Err()
			}
		}
		work() /* ctx: reached after the context is done */
	}`,
	"after a loop that leaves": `func f(ctx context.Context, c chan int) {
		for range 3 {
			select {
			case <-c:
			case <-ctx.Done():
				return
			}
		}
		work() /* ctx */
	}`,
	"beside a request that goes out": `func f(ctx context.Context, r *http.Request) { work() /* ctx */ }`,
	"a request that goes out":        `func f(r *http.Request) { work() /* r.Context() */ }`,
	"replaced later":                 `func f(ctx context.Context) { work() /* ctx */; ctx, stop := context.WithCancel(context.Background()); defer stop(); show(ctx) }`,
	"replaced":                       `func f(ctx context.Context) { ctx, stop := context.WithCancel(context.Background()); defer stop(); work() /* ctx: it was made here and has no caller */; show(ctx) }`,
	"replaced in a loop": `func f(ctx context.Context) {
		for range 2 {
			work() /* ctx: it was made here and has no caller */
			ctx, _ = context.WithCancel(context.Background())
		}
	}`,
	"the sure one": `func f(ctx context.Context) { tmp, stop := context.WithCancel(context.Background()); defer stop(); work() /* ctx */; show(tmp) }`,
}

func TestAt(t *testing.T) {
	for name, src := range cases {
		t.Run(name, func(t *testing.T) {
			fset, pass := load(t, prelude+src)
			file := pass.Files[0]
			index := pass.ResultOf[contexts.Analyzer].(*contexts.Index)
			asked := 0
			for _, f := range pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs {
				for _, call := range f.Out {
					if id, ok := call.Site.Fun.(*ast.Ident); !ok || id.Name != "work" {
						continue
					}
					asked++
					want := comment(file, call.Site.End())
					if got := text(index.At(call).Source); got != want {
						t.Errorf("%s: %q is in scope, want %q", fset.Position(call.Site.Pos()), got, want)
					}
				}
			}
			if asked == 0 {
				t.Fatal("nothing was asked")
			}
		})
	}
}

func text(s *contexts.Source) string {
	switch {
	case s == nil:
		return "none"
	case s.Doubt != "":
		return s.Expr + ": " + s.Doubt
	}
	return s.Expr
}

// comment returns the text of the comment that follows pos.
func comment(f *ast.File, pos token.Pos) string {
	for _, g := range f.Comments {
		if g.Pos() >= pos {
			return strings.TrimSpace(g.Text())
		}
	}
	return ""
}

func TestEntry(t *testing.T) {
	for src, want := range map[string]bool{
		`func f(w http.ResponseWriter, r *http.Request) { work() }`:     true,
		`func f(c *frame) { work() }`:                                   true,
		`func f(s interface{ Request() *http.Request }) { work() }`:     true,
		`func f(r *http.Request) { work() }`:                            false, // it may be one that goes out
		`func f(s interface{ Context() context.Context }) { work() }`:   false,
		`func f(ctx context.Context, w http.ResponseWriter) { work() }`: false,
	} {
		_, pass := load(t, prelude+src)
		all := pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs
		f := all[len(all)-1]
		if s := pass.ResultOf[contexts.Analyzer].(*contexts.Index).At(f.Out[0]).Source; s == nil || s.Entry != want {
			t.Errorf("%s: the context is %+v, want one whose Entry is %v", src, s, want)
		}
	}
}

func load(t *testing.T, src string) (*token.FileSet, *analysis.Pass) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types:      make(map[ast.Expr]types.TypeAndValue),
		Defs:       make(map[*ast.Ident]types.Object),
		Uses:       make(map[*ast.Ident]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
		Instances:  make(map[*ast.Ident]types.Instance),
		Scopes:     make(map[ast.Node]*types.Scope),
	}
	conf := types.Config{Importer: importer.Default()}
	pkg, err := conf.Check("example.com/p", fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	pass := &analysis.Pass{Fset: fset, Files: []*ast.File{file}, Pkg: pkg, TypesInfo: info, ResultOf: make(map[*analysis.Analyzer]any)}
	for _, a := range []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer, values.Analyzer, contexts.Analyzer} {
		if pass.ResultOf[a], err = a.Run(pass); err != nil {
			t.Fatal(err)
		}
	}
	return fset, pass
}
