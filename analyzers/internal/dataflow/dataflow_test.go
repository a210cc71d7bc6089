package dataflow_test

import (
	"go/ast"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

// Each function ends in sink(v); the tables say what v is computed from.
const source = `package p

import (
	"encoding/json"
	"strings"
)

type msg struct{ id int; tags []string }

func (m *msg) parse(b []byte) {}
func (m *msg) name() string { return "" }

func sink(any) {}
func lookup(any) msg { return msg{} }

func assigned(a, b int) { v := a; v = b; sink(v) }
func called(a msg) { v := lookup(a); sink(v) }
func getter(a *msg) { v := a.name(); sink(v) }
func standard(a string) { v := strings.Split(a, ","); sink(v) }
func ranged(a []msg) { for _, v := range a { sink(v) } }
func stored(a int) { v := msg{}; v.id = a; sink(v) }
func foreign(v *msg, a int) { v.id = a; sink(v) }
func filled(a []byte) { var v msg; json.Unmarshal(a, &v); sink(v) }
func decoded(a []byte) { v := &msg{}; json.Unmarshal(a, v); sink(v) }
func parsed(a []byte) { var v msg; v.parse(a); sink(v) }
func switched(a any) { switch v := a.(type) { case int: sink(v) } }
func literal(a int) { v := 0; func() { v = a }(); sink(v) }
`

func TestFlow(t *testing.T) {
	p := passtest.Load(t, source)
	flows := dataflow.New(p.TypesInfo)
	for _, tt := range []struct{ fn, from, directly string }{
		{"assigned", "a b v", "a b v"},
		{"called", "a v", "v"}, // what another function makes is a value of its own
		{"getter", "a v", "a v"},
		{"standard", "a v", "a v"},
		{"ranged", "a v", "a v"},
		{"stored", "a v", "a v"},
		{"foreign", "v", "v"}, // what is put into a parameter does not travel with it
		{"filled", "a v", "a v"},
		{"decoded", "a v", "a v"},
		{"parsed", "a v", "a v"},
		{"switched", "a v", "a v"},
		{"literal", "a v", "a v"},
	} {
		fn := p.Func(t, tt.fn)
		call := p.Call(t, fn, "sink").Node().(*ast.CallExpr)
		vars := dataflow.Mentioned(p.TypesInfo, call)
		if got := names(flows.Of(fn).From(vars)); got != tt.from {
			t.Errorf("%s: from %q, want %q", tt.fn, got, tt.from)
		}
		if got := names(flows.Of(fn).Directly(vars)); got != tt.directly {
			t.Errorf("%s: directly %q, want %q", tt.fn, got, tt.directly)
		}
	}
}

func names(vars dataflow.Vars) string {
	set := make(map[string]bool)
	for v := range vars {
		set[v.Name()] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(set)), " ")
}

func TestKey(t *testing.T) {
	p := passtest.Load(t, `package p
type box struct{ sem chan int; all []chan int; ptr *int }
var global chan int
func sink(any) {}
func f(b, c *box, local int) {
	sink(b.sem); sink(c.sem); sink((b.sem)); sink(b.all[0]); sink(*b.ptr); sink(&local); sink(global); sink(len(b.all))
}`)
	want := []string{"sem", "sem", "sem", "all", "ptr", "local", "global", ""}
	var got []string
	for _, c := range p.Func(t, "f").Out {
		name := ""
		if k := dataflow.Key(p.TypesInfo, c.Site.Args[0]); k != nil {
			name = k.Name()
		}
		got = append(got, name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
