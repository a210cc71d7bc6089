package target

import (
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
)

func TestShares(t *testing.T) {
	const own = "-- proc/self/ns/net -> net:[1] --\n"
	tests := []struct {
		name, files string
		kind        Kind
		want, fails bool
	}{
		{"the same", own + "-- proc/12/ns/net -> net:[1] --\n", Process, true, false},
		{"another", own + "-- proc/12/ns/net -> net:[2] --\n", Process, false, false},
		{"a kernel without", "-- proc/12/stat --\n", Process, true, false},
		{"ended, or not ours", own, Process, false, true},
		{"self", "", Self, true, false},
		{"host", "", Host, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &Target{System: fixture.Tree(t, tt.files), Kind: tt.kind, PID: 12}
			if got, err := p.Shares("net"); got != tt.want || (err != nil) != tt.fails {
				t.Errorf("%t, %v", got, err)
			}
		})
	}
	if _, err := (&Target{System: &system.System{}, Kind: Process, PID: 12}).Shares("net"); err == nil {
		t.Error("a system without files shares something")
	}
}
