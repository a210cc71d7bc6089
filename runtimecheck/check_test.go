package runtimecheck_test

import (
	"runtime/metrics"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// stops returns how often the world was stopped for another reason than a collection.
func stops() (n uint64) {
	s := []metrics.Sample{{Name: "/sched/pauses/total/other:seconds"}}
	metrics.Read(s)
	for _, c := range s[0].Value.Float64Histogram().Counts {
		n += c
	}
	return n
}

// A program that looks at itself is not stopped for it, in any profile.
func TestCheckStopsNothing(t *testing.T) {
	const looks = 20
	for _, name := range posture.Names() {
		p, err := posture.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		before := stops()
		for range looks {
			r, err := runtimecheck.Check(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Checks) != len(runtimecheck.Specs()) {
				t.Fatalf("%d checks, want %d", len(r.Checks), len(runtimecheck.Specs()))
			}
		}
		// The runtime stops it now and then of its own accord, as to follow a quota.
		if n := stops() - before; n >= looks/2 {
			t.Errorf("%s: the world was stopped %d times in %d looks", name, n, looks)
		}
	}
}
