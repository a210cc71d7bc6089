package gomaxprocs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/cgroup"
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

// A process that is moved to a group with half a CPU, where one can be made, has six times
// what it may use; where none can be made, nothing has changed.
func TestLiveQuota(t *testing.T) {
	p := &target.Target{System: system.Here(), Kind: target.Process, PID: live.Start(t, "told", "GOMAXPROCS=3")}
	before := fixture.Observation(t, Probe.Look(t.Context(), p), quota)
	err := halve(t, p)
	o := fixture.Observation(t, Probe.Look(t.Context(), p), quota)
	switch {
	case err != nil && (o.Value != before.Value || o.Absent != before.Absent):
		t.Errorf("observed %+v, and before %+v; no group was made: %v", o, before, err)
	case err == nil && (o.Value != 600 || o.Current != "3 of a quota of 0.5 CPUs"):
		t.Errorf("observed %+v, want 3 of a quota of 0.5 CPUs", o)
	}
}

// halve moves a process to a new group with a quota of half a CPU.
func halve(t *testing.T, p *target.Target) error {
	limits, err := cgroup.Find(p)
	if err != nil {
		return err
	}
	if !limits.CPU.None() {
		return errors.New("there is a quota already")
	}
	file, text := "cpu.max", "50000 100000"
	if filepath.Base(limits.CPU.Path) != file {
		file, text = "cpu.cfs_quota_us", "50000" // of the period that a new group has, 100000
	}
	own := filepath.Dir(limits.CPU.Path)
	made := filepath.Join(own, fmt.Sprintf("lagvet-test-gomaxprocs-%d", p.PID))
	if err := os.Mkdir(made, 0o755); err != nil {
		return err
	}
	t.Cleanup(func() {
		if err := os.Remove(made); err != nil {
			t.Errorf("a group is left behind: %v", err)
		}
	})
	if err := os.WriteFile(filepath.Join(made, file), []byte(text), 0o644); err != nil {
		return err
	}
	pid := []byte(strconv.Itoa(p.PID))
	if err := os.WriteFile(filepath.Join(made, "cgroup.procs"), pid, 0o644); err != nil {
		return err
	}
	// A group can be removed when it is empty, and cleanups run last first.
	t.Cleanup(func() {
		if err := os.WriteFile(filepath.Join(own, "cgroup.procs"), pid, 0o644); err != nil {
			t.Errorf("moving the process back: %v", err)
		}
	})
	return nil
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
