package outgoing_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/outgoing"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

const prelude = `package p

import (
	"context"
	"net/http"
	"os/exec"
)

var (
	c    *http.Client
	keep any
	_    context.Context
	_    *exec.Cmd
)

func request() *http.Request { return nil }
func command() *exec.Cmd { return nil }
func run(cmd *exec.Cmd) error { return cmd.Run() }
func look(cmd *exec.Cmd) { _ = cmd.Path }
func bind(ctx context.Context, r *http.Request) error { _, err := c.Do(r.WithContext(ctx)); return err }

`

// Each case makes a request or a command; the value is what becomes of it.
var cases = map[string]struct{ src, want string }{
	"sent":               {`func f() { r := request(); c.Do(r) }`, "sent"},
	"never sent":         {`func f() { r := request(); r.Header.Set("a", "b") }`, "nothing"},
	"dropped":            {`func f() { _ = request() }`, "nothing"},
	"returned":           {`func f() *http.Request { r := request(); return r }`, "returned"},
	"returned at once":   {`func f() *http.Request { return (request()) }`, "returned"},
	"given a context":    {`func f(ctx context.Context) { r := request(); r = r.WithContext(ctx); c.Do(r) }`, "nothing"},
	"given in place":     {`func f(ctx context.Context) { r := request(); *r = *r.WithContext(ctx); c.Do(r) }`, "nothing"},
	"given as argument":  {`func f(ctx context.Context) { r := request(); c.Do(r.WithContext(ctx)) }`, "nothing"},
	"given on one path":  {`func f(ctx context.Context, b bool) { r := request(); if b { r = r.Clone(ctx) }; c.Do(r) }`, "sent"},
	"given if there is":  {`func f(ctx context.Context) { r := request(); if ctx != nil { r = r.WithContext(ctx) }; c.Do(r) }`, "nothing"},
	"given too late":     {`func f(ctx context.Context) { r := request(); c.Do(r); r = r.WithContext(ctx) }`, "sent"},
	"given in a loop":    {`func f(ctx context.Context) { for { r := request(); c.Do(r); r = r.WithContext(ctx); keep = r.URL } }`, "sent"},
	"after an exit":      {`func f(ctx context.Context, b bool) { r := request(); if b { panic(1) } else { r = r.WithContext(ctx) }; c.Do(r) }`, "nothing"},
	"kept":               {`func f() { r := request(); keep = &r; c.Do(r) }`, "nothing"},
	"by a helper":        {`func f(ctx context.Context) { r := request(); bind(ctx, r) }`, "nothing"},
	"by a round tripper": {`func f(t http.RoundTripper) { t.RoundTrip(request()) }`, "sent"},
	"run":                {`func f() { command().Run() }`, "sent"},
	"run in a helper":    {`func f() { cmd := command(); run(cmd) }`, "sent"},
	"looked at":          {`func f() { cmd := command(); look(cmd) }`, "nothing"},
	"started":            {`func f() { cmd := command(); cmd.Start() }`, "nothing"},
	"started, waited":    {`func f() { cmd := command(); cmd.Start(); cmd.Wait() }`, "sent"},
	"waited elsewhere":   {`func f() { cmd := command(); cmd.Start(); go func() { cmd.Wait() }() }`, "nothing"},
	"ended here":         {`func f() { cmd := command(); cmd.Start(); cmd.Process.Kill(); cmd.Wait() }`, "nothing"},
	"handed away":        {`func f(g func(*exec.Cmd)) { cmd := command(); g(cmd); cmd.Run() }`, "nothing"},
}

func TestFollow(t *testing.T) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			pass, _ := load(t, prelude+c.src)
			all := pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs
			for _, f := range all {
				if f.Obj == nil || f.Obj.Name() != "f" {
					continue
				}
				if got := fate(pass, f); got != c.want {
					t.Errorf("%s\nis found %s, want %s", c.src, got, c.want)
				}
				return
			}
			t.Fatal("no function f")
		})
	}
}

// fate says what becomes of what f makes.
func fate(pass *analysis.Pass, f *funcs.Func) string {
	for _, call := range f.Out {
		if call.Func == nil || call.Func.Name() != "request" && call.Func.Name() != "command" {
			continue
		}
		kind := outgoing.Of(call.Func.Signature().Results().At(0).Type())
		switch fate := pass.ResultOf[outgoing.Analyzer].(*outgoing.Index).Follow(f, call.Site, kind); {
		case fate.Sent != nil:
			return "sent"
		case fate.Returned:
			return "returned"
		}
		return "nothing"
	}
	return "never made"
}

// Functions that send what they are given say so to other packages.
func TestFacts(t *testing.T) {
	_, facts := load(t, prelude+`
func both(a, b *exec.Cmd) { a.Run(); b.Run() }
func loop(r *http.Request, n int) { if n > 0 { loop(r, n-1) } else { c.Do(r) } }
`)
	for name, want := range map[string]string{
		"run": "sends [0]", "both": "sends [0 1]", "loop": "sends [0]", "look": "", "bind": "",
	} {
		if facts[name] != want {
			t.Errorf("the fact of %s is %q, want %q", name, facts[name], want)
		}
	}
}

func load(t *testing.T, src string) (*analysis.Pass, map[string]string) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types:      make(map[ast.Expr]types.TypeAndValue),
		Defs:       make(map[*ast.Ident]types.Object),
		Uses:       make(map[*ast.Ident]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
		Instances:  make(map[*ast.Ident]types.Instance),
	}
	conf := types.Config{Importer: importer.Default()}
	pkg, err := conf.Check("example.com/p", fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	facts := make(map[string]string)
	pass := &analysis.Pass{
		Fset: fset, Files: []*ast.File{file}, Pkg: pkg, TypesInfo: info, ResultOf: make(map[*analysis.Analyzer]any),
		ImportObjectFact: func(types.Object, analysis.Fact) bool { return false },
		ExportObjectFact: func(obj types.Object, f analysis.Fact) { facts[obj.Name()] = fmt.Sprint(f) },
	}
	for _, a := range []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer, values.Analyzer, outgoing.Analyzer} {
		if pass.ResultOf[a], err = a.Run(pass); err != nil {
			t.Fatal(err)
		}
	}
	return pass, facts
}
