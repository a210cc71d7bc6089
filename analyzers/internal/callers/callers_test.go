package callers_test

import (
	"slices"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/callers"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

const src = `package p

import (
	"context"
	"io"
)

type namer interface{ name() string }
type stopper interface{ stop(context.Context) error }

type file struct{ read func() error }

func (file) name() string                   { return "" }
func (file) stop(ctx context.Context) error { return nil }
func (file) Close() error                   { return nil }

func work() error { return nil }

func run(f func() error) error { return f() }
func keep(f func() error)      { kept = f }

var kept func() error

func plain()            { work() }
func handed()           { run(work) }
func stored()           { keep(work) }
func held()             { g := work; g() }
func inField()          { f := file{read: work}; f.read() }
func behind(n namer)    { n.name() }
func away(c io.Closer)  { c.Close() }
func asked(s stopper)   { s.stop(nil) }
`

func TestIn(t *testing.T) {
	p := passtest.Load(t, src, values.Analyzer, contexts.Analyzer, callers.Analyzer)
	x := p.ResultOf[callers.Analyzer].(*callers.Index)
	for name, want := range map[string][]string{
		"work":       {"handed", "held", "inField", "plain"},
		"file.name":  {"behind"},
		"file.Close": nil, // behind an interface of another module anything may be
		"file.stop":  nil, // it is given a context
	} {
		var got []string
		for _, call := range x.In(p.Func(t, name)) {
			got = append(got, call.Caller.Obj.Name())
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s is called by %v, want %v", name, got, want)
		}
	}
	if !x.Bound(p.Func(t, "file.Close").Obj) || x.Bound(p.Func(t, "file.name").Obj) {
		t.Error("of file's methods Close alone is prescribed by another module")
	}
}
