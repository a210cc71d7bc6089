package chanops_test

import (
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/chanops"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

const source = `package p

import (
	"context"
	"sync"
)

var a, b chan int

func sends() { a <- 1; close(b) }
func receives() { <-a; for range b {} }
func selects() { select { case a <- 1: case <-b: } }
func deferred() { defer func() { <-a }() }
func deeper() { give(a) }
func give(c chan int) { deepest(c) }
func deepest(c chan int) { c <- 1 }
func looped() { for { a <- 1 }; <-b }
func done(ctx context.Context) { <-ctx.Done() }
func waits(a *sync.Cond) { a.Wait() }
func signals(a *sync.Cond) { a.Signal() }

type pool struct{ slots, work chan int }

func (p *pool) take() { p.slots <- 1 }
func (p *pool) free() { <-p.slots }
func (p *pool) serve() { for range p.slots {} }
func (p *pool) submit() { p.work <- 1 }

func starter(p *pool, mu *sync.Mutex) { p.take() }
func worker(p *pool, mu *sync.Mutex) { p.free() }
func server(p *pool, mu *sync.Mutex) { p.serve() }
func other(p *pool, mu *sync.Mutex) { p.submit() }
func locker(p *pool, mu *sync.Mutex) { mu.Lock() }
func unlocker(p *pool, mu *sync.Mutex) { mu.Unlock() }
func critical(p *pool, mu *sync.Mutex) { mu.Lock(); mu.Unlock() }
`

func index(t *testing.T) (*passtest.Package, *chanops.Index) {
	p := passtest.Load(t, source, chanops.Analyzer)
	return p, p.ResultOf[chanops.Analyzer].(*chanops.Index)
}

func TestCollect(t *testing.T) {
	p, x := index(t)
	for _, tt := range []struct {
		fn                 string
		scope              chanops.Scope
		sends, recvs, done string
	}{
		{fn: "sends", sends: "a b"},
		{fn: "receives", recvs: "a b"},
		{fn: "selects", sends: "a", recvs: "b"},
		{fn: "deferred", recvs: "a"},
		{fn: "deeper"},
		{fn: "deeper", scope: chanops.Scope{Depth: 1}},
		{fn: "deeper", scope: chanops.Scope{Depth: 2}, sends: "a"},
		{fn: "looped", sends: "a", recvs: "b"},
		{fn: "looped", scope: chanops.Scope{Once: true}, recvs: "b"},
		{fn: "done", done: "ctx"},
		{fn: "waits", sends: "a"},
		{fn: "signals", recvs: "a"},
	} {
		ops := x.Collect(p.Func(t, tt.fn).Body, tt.scope)
		if got := names(ops.Sends); got != tt.sends {
			t.Errorf("%s: sends to %q, want %q", tt.fn, got, tt.sends)
		}
		if got := names(ops.Recvs); got != tt.recvs {
			t.Errorf("%s: receives from %q, want %q", tt.fn, got, tt.recvs)
		}
		if got := names(ops.Done); got != tt.done {
			t.Errorf("%s: waits for %q to be done, want %q", tt.fn, got, tt.done)
		}
	}
}

func TestPaired(t *testing.T) {
	p, x := index(t)
	for _, tt := range []struct {
		before, after string
		want          bool
	}{
		{"starter", "worker", true},
		{"starter", "server", false}, // receives over and over: that is its work
		{"other", "worker", false},   // another channel
		{"worker", "worker", false},
		{"locker", "unlocker", true},
		{"critical", "unlocker", false},
		{"locker", "critical", false},
	} {
		before := x.Collect(p.Func(t, tt.before).Body, chanops.Scope{})
		after := x.Collect(p.Func(t, tt.after).Body, chanops.Scope{})
		// The functions share their values under the names of their parameters.
		if got := x.Paired(before.Rebind(params(p.Func(t, tt.before), p.Func(t, tt.after))), after); got != tt.want {
			t.Errorf("%s, %s: %v, want %v", tt.before, tt.after, got, tt.want)
		}
	}
}

func names(set dataflow.Objects) string {
	all := make(map[string]bool)
	for o := range set {
		all[o.Name()] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(all)), " ")
}

func params(from, to *funcs.Func) map[types.Object]types.Object {
	bind := make(map[types.Object]types.Object)
	for i := range from.Sig.Params().Len() {
		bind[from.Sig.Params().At(i)] = to.Sig.Params().At(i)
	}
	return bind
}
