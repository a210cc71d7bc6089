package limits

import (
	"os"
	"syscall"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

func TestMain(m *testing.M) {
	live.Main(m, map[string]func(){"files": manyFiles})
}

// A real process, that has lowered its limit and opened many files.
func TestLive(t *testing.T) {
	pid := live.Start(t, "files")
	o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: system.Here(), Kind: target.Process, PID: pid}), nofile)
	// Beside the 40 it has its standard streams, the poller, and what the runtime reads.
	if o.Value < 100*43/64. || o.Value > 80 {
		t.Errorf("observed %+v, want some 45 of 64", o)
	}
}

// manyFiles opens files, up to more than half of what it may.
func manyFiles() {
	limit := syscall.Rlimit{Cur: 64, Max: 64}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		panic(err)
	}
	var open []*os.File
	for range 40 {
		f, err := os.Open(os.DevNull)
		if err != nil {
			panic(err)
		}
		open = append(open, f)
	}
	live.Ready()
	for _, f := range open {
		f.Close()
	}
}
