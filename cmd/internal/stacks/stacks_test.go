package stacks

import (
	"testing"

	"github.com/google/pprof/profile"
)

func TestTable(t *testing.T) {
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "time", Unit: "nanoseconds"}}}
	table := NewTable(p)
	a, b := table.Location("main.f", "f.go", 1), table.Location("main.f", "f.go", 2)
	other := table.Location("main.f", "g.go", 1)
	if a == b || a == other || a != table.Location("main.f", "f.go", 1) {
		t.Error("a location is not there once for each line")
	}
	if len(p.Function) != 2 || len(p.Location) != 3 || b.Line[0].Function != a.Line[0].Function {
		t.Errorf("%d functions, %d locations", len(p.Function), len(p.Location))
	}
	p.Sample = append(p.Sample, &profile.Sample{Location: []*profile.Location{a, b, other}, Value: []int64{1}})
	if err := p.CheckValid(); err != nil {
		t.Error(err)
	}
}
