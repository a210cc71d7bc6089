package gc

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/internal/selfmetrics"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func TestMain(m *testing.M) {
	live.Main(m, map[string]func(){
		"idle":  live.Ready,
		"tuned": func() { debug.SetGCPercent(30); live.Ready() },
	})
}

// From outside there is what the process was started with, and no more.
func TestLiveProcess(t *testing.T) {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		t.Fatal(err)
	}
	there := float64(info.Totalram) * float64(info.Unit)
	for _, tt := range []struct {
		child   string
		env     []string
		percent float64
		limit   float64
	}{
		{"idle", []string{"GOGC=50", "GOMEMLIMIT=64MiB"}, 50, 64 << 20},
		{"idle", []string{"GOGC=off", "GOMEMLIMIT=off"}, math.Inf(1), math.Inf(1)},
		{"tuned", []string{"GOGC=", "GOMEMLIMIT="}, 100, math.Inf(1)},
	} {
		pid := live.Start(t, tt.child, tt.env...)
		seen := Probe.Look(t.Context(), &target.Target{System: system.Here(), Kind: target.Process, PID: pid})
		if o := fixture.Observation(t, seen, gogc); o.Value != tt.percent || o.Grade != posture.Declared {
			t.Errorf("%v: %+v", tt.env, o)
		}
		// A control group may allow less than the machine has, and never more.
		o := fixture.Observation(t, seen, memoryLimit)
		if o.Absent != "" || o.Value < 100*tt.limit/there*0.999 || o.Grade != posture.Declared {
			t.Errorf("%v: %+v, of %.0f bytes", tt.env, o, there)
		}
		if math.IsInf(tt.limit, 1) != (o.Current == "none") {
			t.Errorf("%v: %+v", tt.env, o)
		}
	}
}

// A process whose memory a real control group limits, where one can be made; where not,
// the limit is compared with what there is without it.
func TestLiveGroup(t *testing.T) {
	const allowed, limit = 256 << 20, 64 << 20
	dir := filepath.Join(ownGroup(t), fmt.Sprintf("lagvet-test-%d", unix.Getpid()))
	made := os.Mkdir(dir, 0o755)
	if made == nil {
		t.Cleanup(func() { os.Remove(dir) }) // when the process has ended
	}
	pid := live.Start(t, "idle", "GOGC=100", fmt.Sprint("GOMEMLIMIT=", limit))
	in := made == nil && confine(dir, pid, allowed)
	o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: system.Here(), Kind: target.Process, PID: pid}), memoryLimit)
	switch {
	case o.Absent != "":
		t.Errorf("observed %+v", o)
	case in && (o.Value != 25 || !strings.Contains(o.Current, "64 MiB of 256 MiB")):
		t.Errorf("observed %+v, the group %s allows %d bytes", o, dir, allowed)
	case !in && o.Value <= 0:
		t.Errorf("observed %+v", o)
	}
}

// ownGroup returns the directory of this process's control group for memory, or one
// that does not exist.
func ownGroup(t *testing.T) string {
	data, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		switch {
		case len(f) == 3 && f[1] == "memory":
			return filepath.Join("/sys/fs/cgroup/memory", f[2])
		case len(f) == 3 && f[0] == "0" && !strings.Contains(string(data), ":memory:"):
			return filepath.Join("/sys/fs/cgroup", f[2])
		}
	}
	return filepath.Join(t.TempDir(), "none")
}

// confine limits the memory of a group, and moves a process there.
func confine(dir string, pid, bytes int) bool {
	limited := false
	for _, name := range []string{"memory.limit_in_bytes", "memory.max"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			limited = os.WriteFile(filepath.Join(dir, name), fmt.Append(nil, bytes), 0o644) == nil
		}
	}
	return limited && os.WriteFile(filepath.Join(dir, "cgroup.procs"), fmt.Append(nil, pid), 0o644) == nil
}

// This process: what it has set, and as many pauses as it has caused.
func TestLiveSelf(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(1 << 40))
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // none but our own
	self := &target.Target{System: system.Here(), Kind: target.Self, PID: unix.Getpid(), Metrics: selfmetrics.Metrics{}}
	runtime.GC()
	self.Begin(time.Now())
	Probe.Look(t.Context(), self)
	var before, after debug.GCStats
	debug.ReadGCStats(&before)
	for range 3 {
		runtime.GC()
	}
	debug.ReadGCStats(&after)
	self.Begin(time.Now())
	seen := Probe.Look(t.Context(), self)

	if o := fixture.Observation(t, seen, bound); o.Text != "GOMEMLIMIT" || o.Grade != posture.Runtime {
		t.Errorf("observed %+v", o)
	}
	if o := fixture.Observation(t, seen, memoryLimit); !strings.HasPrefix(o.Current, "1024 GiB of ") && !strings.HasPrefix(o.Current, "1 TiB of ") {
		t.Errorf("observed %+v", o)
	}
	// Each collection stops the world twice.
	if n := after.NumGC - before.NumGC; n != 3 {
		t.Fatalf("there were %d collections, not 3", n)
	}
	if o := fixture.Observation(t, seen, pauses); !strings.Contains(o.Current, "of 6 pauses in ") || o.Value <= 0 {
		t.Errorf("observed %+v", o)
	}
	if o := fixture.Observation(t, seen, cpu); o.Absent != "" || o.Value <= 0 || o.Value > 100 {
		t.Errorf("observed %+v", o)
	}
}
