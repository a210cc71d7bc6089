package guards_test

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/guards"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

const source = `package p

import "sync/atomic"

type T struct {
	on    bool
	n     int
	busy  map[string]bool
	state atomic.Int32
	queue map[string][]int
}

func start() {}
func other(bool) {}

func (t *T) isOn() bool { return t.on }
func (t *T) set() { t.on = true }

func (t *T) flag() { if !t.on { t.on = true; start() } }
func (t *T) flagBefore() { if t.on { return }; t.on = true; start() }
func (t *T) getter() { if !t.isOn() { t.set(); start() } }
func (t *T) count() { if t.n < 8 { t.n++; start() } }
func (t *T) key(k string) { if t.busy[k] { return }; t.busy[k] = true; start() }
func (t *T) swap() { if t.state.CompareAndSwap(0, 1) { start() } }
func (t *T) drop(k string) { if _, ok := t.busy[k]; ok { delete(t.busy, k); start() } }
func (t *T) inCase() { switch { case !t.on: t.on = true; start() } }
func (t *T) waits() { for t.n > 8 {}; t.n++; start() }
func (t *T) local() { done := false; for !done { done = true; start() } }
func (t *T) first(k string) { t.queue[k] = append(t.queue[k], 1); if len(t.queue[k]) == 1 { start() } }
func (t *T) third() { t.n++; if t.n == 3 { start() } }

func (t *T) every(k string) { t.queue[k] = append(t.queue[k], 1); if len(t.queue[k]) > 1 { start() } }
func (t *T) others(k string) { t.queue[k] = append(t.queue[k], 1); if len(t.busy) == 1 { start() } }
func (t *T) notYet(k string) { if len(t.queue[k]) == 1 { start() }; t.queue[k] = append(t.queue[k], 1) }
func (t *T) plain() { start() }
func (t *T) asked(b bool) { if b { start() } }
func (t *T) error(f func() error) { if err := f(); err == nil { start() } }
func (t *T) elsewhere() { if !t.on { start() } else { t.on = false } }
func (t *T) unrelated() { if !t.on { t.n++; start() } }
func (t *T) after() { if !t.on { start() }; t.on = true }
func (t *T) mustNot() { if !t.on { other(t.on) }; t.on = true; start() }
`

func TestFlagged(t *testing.T) {
	p := passtest.Load(t, source)
	x := guards.New(p.TypesInfo, p.Funcs, dataflow.New(p.TypesInfo))
	for fn, want := range map[string]struct {
		flagged    bool
		conditions string
	}{
		"flag":       {true, "!t.on"},
		"flagBefore": {true, "t.on"},
		"getter":     {true, "!t.isOn()"},
		"count":      {true, "t.n < 8"},
		"key":        {true, "t.busy[k]"},
		"swap":       {true, "t.state.CompareAndSwap(0, 1)"},
		"drop":       {true, "ok"},
		"inCase":     {true, "!t.on"},
		"waits":      {true, "t.n > 8"},
		"local":      {false, ""}, // the loop's own condition is its business
		"first":      {true, "len(t.queue[k]) == 1"},
		"third":      {true, "t.n == 3"},
		"every":      {false, "len(t.queue[k]) > 1"},
		"others":     {false, "len(t.busy) == 1"},
		"notYet":     {false, "len(t.queue[k]) == 1"},
		"plain":      {false, ""},
		"asked":      {false, "b"},
		"error":      {false, "err == nil"},
		"elsewhere":  {false, "!t.on"}, // not what it changes when it lets one through
		"unrelated":  {false, "!t.on"},
		"after":      {false, "!t.on"},
		"mustNot":    {false, ""}, // what does not leave does not decide
	} {
		f := p.Func(t, "T."+fn)
		cur := p.Call(t, f, "start")
		if got := x.Flagged(f, cur); got != want.flagged {
			t.Errorf("%s: %v, want %v", fn, got, want.flagged)
		}
		var conds []string
		for _, c := range x.Conditions(f, cur) {
			conds = append(conds, types.ExprString(c.Expr))
		}
		if got := strings.Join(conds, ", "); got != want.conditions {
			t.Errorf("%s: conditions %q, want %q", fn, got, want.conditions)
		}
	}
}

func TestCounts(t *testing.T) {
	p := passtest.Load(t, `package p
func next() bool { return true }
func counts(n int) { for n > 0 { n-- } }
func divides(n int) { for n > 1 { n /= 2 } }
func polls() { for next() {} }
func endless() { for { } }
func other(n, m int) { for n > 0 { m-- } }
`)
	x := guards.New(p.TypesInfo, p.Funcs, dataflow.New(p.TypesInfo))
	for fn, want := range map[string]bool{"counts": true, "divides": true, "polls": false, "endless": false, "other": false} {
		f := p.Func(t, fn)
		if got := x.Counts(f, f.Body.List[0].(*ast.ForStmt)); got != want {
			t.Errorf("%s: %v, want %v", fn, got, want)
		}
	}
}

// What one function waits for, another one changes.
func TestReadsAndWrites(t *testing.T) {
	p := passtest.Load(t, source)
	x := guards.New(p.TypesInfo, p.Funcs, dataflow.New(p.TypesInfo))
	for fn, want := range map[string]struct{ reads, writes string }{
		"flag":    {"on", "on"},
		"getter":  {"on", ""},
		"count":   {"n", "n"},
		"swap":    {"state", "state"},
		"drop":    {"busy", "busy"},
		"local":   {"", "done"},
		"set":     {"on", "on"}, // to name it is enough
		"isOn":    {"on", ""},
		"waits":   {"n", "n"},
		"mustNot": {"on", "on"},
	} {
		f := p.Func(t, "T."+fn)
		var reads, writes []string
		for _, name := range []string{"on", "n", "busy", "state"} {
			for k := range x.Reads(f, f.Body) {
				if k.Name() == name && k.(*types.Var).IsField() {
					reads = append(reads, name)
				}
			}
		}
		for _, w := range x.Writes(f) {
			if !slices.Contains(writes, w.Key.Name()) {
				writes = append(writes, w.Key.Name())
			}
		}
		if got := strings.Join(reads, " "); got != want.reads {
			t.Errorf("%s reads %q, want %q", fn, got, want.reads)
		}
		if got := strings.Join(writes, " "); got != want.writes {
			t.Errorf("%s writes %q, want %q", fn, got, want.writes)
		}
	}
}
