package cgroup

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

func TestMain(m *testing.M) {
	live.Main(m, map[string]func(){"busy": busy})
}

// directory is the variable that tells a process where the test and it leave notes to
// each other.
const directory = "LAGVET_TEST_NOTES"

// busy uses a CPU, and once the test asks for it writes down what the library for
// memory limits finds from inside.
func busy() {
	dir := os.Getenv(directory)
	go func() {
		for {
			if _, err := os.Stat(filepath.Join(dir, "ask")); err == nil {
				break
			}
		}
		limit, err := memlimit.FromCgroup()
		answer := strconv.FormatUint(limit, 10)
		if errors.Is(err, memlimit.ErrNoLimit) {
			answer = "none"
		} else if err != nil {
			answer = err.Error()
		}
		file := filepath.Join(dir, "answer")
		if os.WriteFile(file+"~", []byte(answer), 0o600) == nil {
			_ = os.Rename(file+"~", file)
		}
		for { // on
		}
	}()
	live.Ready()
}

// start starts a busy process, and returns it and how to ask it for its limit.
func start(t *testing.T) (*target.Target, func() string) {
	dir := t.TempDir()
	pid := live.Start(t, "busy", directory+"="+dir)
	return &target.Target{System: system.Here(), Kind: target.Process, PID: pid}, func() string {
		if err := os.WriteFile(filepath.Join(dir, "ask"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			if answer, err := os.ReadFile(filepath.Join(dir, "answer")); err == nil {
				return string(answer)
			}
		}
		t.Fatal("the process does not answer")
		return ""
	}
}

// A process in the groups that this test runs in: what is found is what another
// implementation finds from inside.
func TestLiveHere(t *testing.T) {
	p, ask := start(t)
	limits, err := Find(p)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := write(limits.Memory), ask(); got != want {
		t.Errorf("memory %+v; from inside: %s", limits.Memory, want)
	}
	own, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", p.PID))
	if err != nil {
		t.Fatal(err)
	}
	s, err := locate(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range s.entries {
		if line := fmt.Sprintf("%d:%s:%s\n", e.HierarchyID, strings.Join(e.Controllers, ","), e.Path); !strings.Contains(string(own), line) {
			t.Errorf("%s does not have the line %q", own, line)
		}
	}
	// Whether a group is the right one, its list of processes tells.
	for _, controller := range []string{"cpu", "memory", "pids", "cpuset"} {
		g, err := s.of(controller)
		if err != nil {
			t.Errorf("%s: %v", controller, err)
			continue
		}
		procs, err := os.ReadFile(filepath.Join(g.dir(), "cgroup.procs"))
		if err != nil || !strings.Contains("\n"+string(procs), fmt.Sprintf("\n%d\n", p.PID)) {
			t.Errorf("%s: %s does not hold process %d: %v", controller, g.dir(), p.PID, err)
		}
	}
}

func write(l Limit) string {
	if l.None() {
		return "none"
	}
	return strconv.FormatFloat(l.Value, 'f', 0, 64)
}

// A process in groups that this test makes, where it may: what holds is the limit of the
// outer group, for the CPU and for the memory.
func TestLiveNested(t *testing.T) {
	p, ask := start(t)
	before, err := Find(p)
	if err != nil {
		t.Fatal(err)
	}
	// The kernel refuses a quota of v1 that is above that of the outer group.
	cpu, cpuErr := nest(t, p, "cpu", map[int][2]setting{
		1: {{"cpu.cfs_quota_us", "30000"}, {"cpu.cfs_quota_us", "-1"}},
		2: {{"cpu.max", "30000 100000"}, {"cpu.max", "80000 100000"}},
	})
	mem, memErr := nest(t, p, "memory", map[int][2]setting{
		1: {{"memory.limit_in_bytes", "268435456"}, {"memory.limit_in_bytes", "536870912"}},
		2: {{"memory.max", "268435456"}, {"memory.max", "536870912"}},
	})
	p.Begin(time.Now())
	after, err := Find(p)
	if err != nil {
		t.Fatal(err)
	}
	if memErr != nil {
		t.Logf("no group for memory can be made here, so the limit stays as it was: %v", memErr)
		mem, after.Memory.Path = "", ""
	}
	if want := expected(before.Memory.Value, 1<<28, memErr); after.Memory.Value != want || !strings.HasPrefix(after.Memory.Path, mem) {
		t.Errorf("memory %+v, want %v set by %s", after.Memory, want, mem)
	}
	if got, want := write(after.Memory), ask(); got != want {
		t.Errorf("memory %+v; from inside: %s", after.Memory, want)
	}
	if cpuErr != nil {
		t.Logf("no group for the CPU can be made here, so the quota stays as it was: %v", cpuErr)
	}
	if want := expected(before.CPU.Value, 0.3, cpuErr); math.Abs(after.CPU.Value-want) > 1e-9 && after.CPU.Value != want {
		t.Errorf("CPU %+v, want %v", after.CPU, want)
	}
	if cpuErr == nil {
		heldBack(t, p, cpu)
	}
}

// expected is the limit that holds if a group with one could be made, or not.
func expected(before, made float64, err error) float64 {
	if err != nil {
		return before
	}
	return min(before, made)
}

// heldBack waits until a busy process has used up the quota of a group some times, and
// checks what is said of it against the kernel's file.
func heldBack(t *testing.T, p *target.Target, outer string) {
	file := filepath.Join(outer, "cpu.stat")
	held := func() float64 {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		v, err := field(string(text), "nr_throttled")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for deadline := time.Now().Add(20 * time.Second); held() < 3; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("a busy process was not held back: %v", held())
		}
	}
	from := held()
	p.Begin(time.Now())
	s, err := locate(p)
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.of("cpu")
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.hold(reader{p, g.version, outer})
	if to := held(); err != nil || h.held < from || h.held > to {
		t.Errorf("%+v, %v, while %s counts %v to %v", h, err, file, from, to)
	}
	first := &target.Target{System: p.System, Kind: p.Kind, PID: p.PID}
	first.Begin(time.Now())
	o := fixture.Observation(t, Probe.Look(t.Context(), first), throttled)
	if o.Source != file || o.Value <= 0 || o.Value > 100 {
		t.Errorf("%+v, of %s", o, file)
	}
	// Were the outer group hidden, the inner one would still tell of it, if the kernel is
	// new enough.
	g.hidden = true
	_, old := os.Stat(filepath.Join(g.dir(), "cpu.stat.local"))
	if why := s.heldAbove(g, false); strings.Contains(why, "held back for") != (old == nil) {
		t.Errorf("%q; cpu.stat.local: %v", why, old)
	}
}

// A setting is a file of a group, and what it is set to.
type setting struct{ name, value string }

// nest moves a process to a group in a group, both below the one it is in, with a
// setting each by the version of cgroup. It returns the outer one.
func nest(t *testing.T, p *target.Target, controller string, set map[int][2]setting) (string, error) {
	s, err := locate(p)
	if err != nil {
		return "", err
	}
	g, err := s.of(controller)
	if err != nil {
		return "", err
	}
	outer := filepath.Join(g.dir(), fmt.Sprintf("lagvet-test-%d", p.PID))
	inner := filepath.Join(outer, "inner")
	for i, dir := range []string{outer, inner} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return "", err
		}
		t.Cleanup(func() { remove(t, dir) })
		if g.version == 2 {
			// A group of v2 has the files of a controller only if the one above hands it down.
			if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "cgroup.subtree_control"), []byte("+"+controller), 0o644); err != nil {
				return "", err
			}
		}
		if err := os.WriteFile(filepath.Join(dir, set[g.version][i].name), []byte(set[g.version][i].value), 0o644); err != nil {
			return "", err
		}
	}
	if err := os.WriteFile(filepath.Join(inner, "cgroup.procs"), []byte(strconv.Itoa(p.PID)), 0o644); err != nil {
		return "", err
	}
	// Processes must leave a group before it can be removed, and cleanups run last first.
	t.Cleanup(func() {
		_ = os.WriteFile(filepath.Join(g.dir(), "cgroup.procs"), []byte(strconv.Itoa(p.PID)), 0o644)
	})
	return outer, nil
}

// remove removes a group; the kernel may take a while until its processes have left.
func remove(t *testing.T, dir string) {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := os.Remove(dir)
		if err == nil || errors.Is(err, os.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Errorf("the group is left behind: %v", err)
			return
		}
	}
}
