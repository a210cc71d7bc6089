package sizes_test

import (
	"go/ast"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
	"github.com/lagvet/lagvet/analyzers/internal/sizes"
)

// Each function ends in each(x); the table says what decides the length of x.
const source = `package p

import (
	"os"
	"slices"
)

type conn struct{}

func (*conn) Close() error { return nil }

type hub struct {
	conns map[int]*conn
	names map[int]string
	under map[int][]*conn
	doors map[string]listener
}

type listener interface { Serve(func(*conn)); Close() }

func (h *hub) add(id int, c *conn) { h.conns[id] = c; h.under[id] = append(h.under[id], c) }
func (h *hub) listen(name string, l listener) { h.doors[name] = l }
func (h *hub) shut(name string) { delete(h.doors, name) }
func (h *hub) remove(id int) { delete(h.conns, id); delete(h.under, id) }
func (h *hub) name(id int, s string) { h.names[id] = s }
func (h *hub) forget(id int) { delete(h.names, id) }

type manager struct{ groups map[int]*conn }

func (m *manager) start(id int, c *conn) { m.groups[id] = c }
func (m *manager) update(want map[int]bool) {
	for id := range m.groups {
		if !want[id] {
			delete(m.groups, id)
		}
	}
}
func (m *manager) all() { each(m.groups) }

var table = []int{1, 2}
var list []int

func init() { table = append(table, 3) }
func grow(n int) { list = append(list, n) }

func each(any) {}
func get() []int { return nil }

func literal() { each([]int{1, 2}) }
func variable() { x := []int{1, 2}; each(x) }
func fromTable() { each(table) }
func fromList() { each(list) }
func cut(x []int) { each(x[:8]) }
func cutBefore(x []int) { x = x[:8]; each(x) }
func param(x []int) { each(x) }
func sorted(x []int) { each(slices.Sorted(slices.Values(x))) }
func field(p struct{ x []int }) { each(p.x) }
func called() { each(get()) }
func made(n int) { each(make([]int, n)) }
func appended() { var x []int; x = append(x, 1); each(x) }
func appendedEach(in []int) { var x []int; for _, i := range in { x = append(x, i) }; each(x) }
func appendedForever() { var x []int; for { x = append(x, 1); each(x) } }
func counted() { var x []int; for i := 0; i < 3; i++ { x = append(x, i) }; each(x) }
func directory() { x, _ := os.ReadDir("."); each(x) }
func (h *hub) sessions() { each(h.conns) }
func (h *hub) copied() { var x []*conn; for _, c := range h.conns { x = append(x, c) }; each(x) }
func (h *hub) strings() { each(h.names) }
func (h *hub) listeners() { each(h.doors) }
func (h *hub) oneKey(id int) { each(h.under[id]) }
`

func TestOf(t *testing.T) {
	p := passtest.Load(t, source)
	x := index(p)
	for fn, want := range map[string]sizes.Length{
		"literal":         sizes.Fixed,
		"variable":        sizes.Fixed,
		"fromTable":       sizes.Fixed,
		"fromList":        sizes.Unknown,
		"cut":             sizes.Fixed,
		"cutBefore":       sizes.Fixed,
		"param":           sizes.Param,
		"sorted":          sizes.Param,
		"field":           sizes.Param,
		"called":          sizes.Unknown,
		"made":            sizes.Fixed,
		"appended":        sizes.Fixed,
		"appendedEach":    sizes.Param,
		"appendedForever": sizes.Unknown,
		"counted":         sizes.Fixed,
		"directory":       sizes.Files,
		"hub.sessions":    sizes.Growing,
		"hub.copied":      sizes.Growing,
		"manager.all":     sizes.Unknown, // brought in line with a configuration
		"hub.strings":     sizes.Unknown, // nothing in it is to be closed
		"hub.listeners":   sizes.Unknown, // what takes connections is no connection
		"hub.oneKey":      sizes.Unknown, // what is under one key is not the registry
	} {
		f := p.Func(t, fn)
		call := p.Call(t, f, "each").Node().(*ast.CallExpr)
		if got := x.Of(f, call.Args[0]); got != want {
			t.Errorf("%s: %v, want %v", fn, got, want)
		}
	}
}

func TestLengthOf(t *testing.T) {
	p := passtest.Load(t, `package p
func each(any) {}
func direct(x []int) { each(len(x)) }
func named(x []int) { n := len(x); each(n) }
func less(x []int) { each(len(x) - 1) }
func changed(x []int) { n := len(x); n = 3; each(n) }
func number(n int) { each(n) }
`)
	x := index(p)
	for fn, want := range map[string]bool{"direct": true, "named": true, "less": true, "changed": false, "number": false} {
		f := p.Func(t, fn)
		call := p.Call(t, f, "each").Node().(*ast.CallExpr)
		if got := x.LengthOf(f, call.Args[0]) != nil; got != want {
			t.Errorf("%s: %v, want %v", fn, got, want)
		}
	}
}

func index(p *passtest.Package) *sizes.Index {
	return sizes.New(p.TypesInfo, p.Funcs, dataflow.New(p.TypesInfo), p.Root)
}
