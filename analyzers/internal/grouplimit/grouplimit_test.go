package grouplimit_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/grouplimit"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

func TestLimited(t *testing.T) {
	p := passtest.Load(t, `package p

type group struct{}

func (*group) SetLimit(int) {}
func (*group) Go(func()) {}

type pool struct{ limited, free *group }

func limit(g *group) { g.SetLimit(8) }
func run(byParam *group, freeParam *group) {}
func limited8() *group { g := new(group); g.SetLimit(8); return g }
func bare() *group { return new(group) }

var (
	direct   group
	helped   group
	made     *group
	free     group
	freeMade *group
)

func init() {
	direct.SetLimit(8)
	limit(&helped)
	made = limited8()
	freeMade = bare()
	run(&direct, &free)
	_ = &pool{limited: limited8(), free: bare()}
}
`, grouplimit.Analyzer)
	x := p.ResultOf[grouplimit.Analyzer].(*grouplimit.Index)
	want := map[string]bool{
		"direct": true, "helped": true, "made": true, "byParam": true, "limited": true,
		"free": false, "freeMade": false, "freeParam": false,
	}
	for id, o := range p.TypesInfo.Defs {
		w, ok := want[id.Name]
		if !ok || o == nil || id.Name == "free" && o.Parent() != p.Pkg.Scope() {
			continue
		}
		delete(want, id.Name)
		if got := x.Limited(o); got != w {
			t.Errorf("%s: %v, want %v", id.Name, got, w)
		}
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}
