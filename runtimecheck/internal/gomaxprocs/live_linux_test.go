package gomaxprocs

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/internal/selfmetrics"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func TestMain(m *testing.M) {
	live.Main(m, map[string]func(){"told": told})
}

// A real process that was told a number says itself which one is in force.
func TestLiveProcess(t *testing.T) {
	for _, n := range []int{1, 7} {
		pid := live.Start(t, "told", fmt.Sprintf("GOMAXPROCS=%d", n))
		seen := Probe.Look(t.Context(), &target.Target{System: system.Here(), Kind: target.Process, PID: pid})
		o := fixture.Observation(t, seen, value)
		if o.Value != float64(n) || o.Grade != posture.Declared {
			t.Errorf("observed %+v, want %d", o, n)
		}
		cpus := runtime.NumCPU() // which the process has inherited
		o = fixture.Observation(t, seen, affinity)
		if want := 100 * float64(n) / float64(cpus); o.Value != want {
			t.Errorf("observed %+v, want %v %%: there are %d CPUs", o, want, cpus)
		}
	}
}

// In the process itself the number is that of the runtime, whatever the environment says.
func TestLiveSelf(t *testing.T) {
	seen := Probe.Look(t.Context(), &target.Target{System: system.Here(), Kind: target.Self, PID: os.Getpid(), Metrics: selfmetrics.Metrics{}})
	if o := fixture.Observation(t, seen, value); o.Value != float64(runtime.GOMAXPROCS(0)) || o.Grade != posture.Runtime {
		t.Errorf("observed %+v", o)
	}
	if o := fixture.Observation(t, seen, affinity); o.Value != 100*float64(runtime.GOMAXPROCS(0))/float64(runtime.NumCPU()) {
		t.Errorf("observed %+v, with %d CPUs", o, runtime.NumCPU())
	}
}

// told checks that the runtime does as the environment says.
func told() {
	if want := os.Getenv("GOMAXPROCS"); fmt.Sprint(runtime.GOMAXPROCS(0)) != want {
		panic("GOMAXPROCS is not as told")
	}
	live.Ready()
}
