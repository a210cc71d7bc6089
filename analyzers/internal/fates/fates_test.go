package fates_test

import (
	"go/ast"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/fates"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

// Each case has a function f that calls build.
func TestOf(t *testing.T) {
	l := passtest.NewLoader()
	for name, c := range map[string]struct {
		src  string
		want fates.Fate
	}{
		"dropped":           {`func f() { build() }`, fates.Used},
		"used":              {`func f() { b := build(); b.run() }`, fates.Used},
		"returned":          {`func f() *thing { return build() }`, fates.Returned},
		"returned later":    {`func f() (*thing, error) { b := build(); b.run(); return b, nil }`, fates.Returned},
		"by a named result": {`func f() (b *thing) { b = build(); return }`, fates.Returned},
		"in what is made":   {`type box struct{ b *thing }; func f() *box { b := build(); x := &box{b: b}; return x }`, fates.Returned},
		"wrapped":           {`func wrap(b *thing) *thing { return b }; func f() *thing { return wrap(build()) }`, fates.Returned},
		"in a field":        {`type box struct{ b *thing }; func (x *box) f() { x.b = build() }`, fates.Kept},
		"in a variable":     {`var last *thing; func f() { last = build() }`, fates.Kept},
		"sent":              {`func f(c chan *thing) { c <- build() }`, fates.Kept},
		"registered":        {`func register(b *thing) {}; func f() { register(build()) }`, fates.Kept},
		"by a callback":     {`func f(on func(func())) { b := build(); on(func() { b.run() }) }`, fates.Kept},
		"by a goroutine":    {`func f() { b := build(); go func() { b.run() }() }`, fates.Used},
	} {
		t.Run(name, func(t *testing.T) {
			p := l.Load(t, "package p\n\ntype thing struct{}\n\nfunc (*thing) run() {}\n\nfunc build() *thing { return nil }\n\n"+c.src)
			x := fates.New(p.TypesInfo, p.Funcs, dataflow.New(p.TypesInfo), p.Root)
			for _, f := range p.Funcs.Funcs {
				for _, call := range f.Out {
					if id, ok := call.Site.Fun.(*ast.Ident); ok && id.Name == "build" {
						if got := x.Of(f, call.Site); got != c.want {
							t.Errorf("%s\nhas fate %d, want %d", c.src, got, c.want)
						}
						return
					}
				}
			}
			t.Fatal("build is not called")
		})
	}
}
