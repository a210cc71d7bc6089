package cgroup

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

func TestMain(m *testing.M) {
	live.Main(m, map[string]func(){"busy": busy, "confined": confined})
}

// The namespaces of a process are those of its first thread.
func init() { runtime.LockOSThread() }

// directory is the variable that tells a process where the test and it leave notes to
// each other.
const directory = "LAGVET_TEST_NOTES"

// busy uses a CPU, and once the test asks for it writes down what the library for
// memory limits finds from inside.
func busy() {
	dir := os.Getenv(directory)
	go func() {
		for !asked(dir) {
		}
		limit, err := memlimit.FromCgroup()
		text := strconv.FormatUint(limit, 10)
		if errors.Is(err, memlimit.ErrNoLimit) {
			text = "none"
		} else if err != nil {
			text = err.Error()
		}
		answer(dir, text)
		for asked(dir) { // and on, it is the work that counts
		}
	}()
	live.Ready()
}

func asked(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "ask"))
	return err == nil
}

func answer(dir, text string) {
	file := filepath.Join(dir, "answer")
	if os.WriteFile(file+"~", []byte(text), 0o600) == nil {
		_ = os.Rename(file+"~", file)
	}
}

// confined sees, if it may have mounts of its own, only the groups that it is in
// itself, as in a container; and says what it finds.
func confined() {
	go func() {
		live.Ready()
		os.Exit(0)
	}()
	dir := os.Getenv(directory)
	for !asked(dir) {
		time.Sleep(time.Millisecond)
	}
	p := &target.Target{System: system.Here(), Kind: target.Self, PID: os.Getpid()}
	outside, err := Find(p)
	if err == nil {
		err = confine(p)
	}
	inside, insideErr := Find(p)
	data, _ := json.Marshal(view{
		Confined: err == nil, Err: fmt.Sprint(err, insideErr),
		CPU: [2]string{write(outside.CPU), write(inside.CPU)}, Memory: [2]string{write(outside.Memory), write(inside.Memory)},
		CPUHidden: inside.CPU.Hidden != "", MemoryHidden: inside.Memory.Hidden != "", V1: !hasV2Memory(p),
	})
	answer(dir, string(data))
	select {}
}

// A view is what a process found before it was confined, and after.
type view struct {
	Confined                bool
	Err                     string
	CPU, Memory             [2]string
	CPUHidden, MemoryHidden bool
	V1                      bool // the memory is of v1
}

func hasV2Memory(p *target.Target) bool {
	s, err := locate(p)
	if err != nil {
		return false
	}
	g, err := s.of("memory")
	return err == nil && g.version == 2
}

// confine mounts the groups of the process over the trees that they are in.
func confine(p *target.Target) error {
	s, err := locate(p)
	if err != nil {
		return err
	}
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	for _, controller := range []string{"cpu", "memory"} {
		g, err := s.of(controller)
		if err != nil {
			return err
		}
		if err := unix.Mount(g.dir(), g.top, "", unix.MS_BIND, ""); err != nil {
			return err
		}
	}
	return nil
}

// start starts a process, and returns it and how to ask it.
func start(t *testing.T, name string) (*target.Target, func() string) {
	dir := t.TempDir()
	pid := live.Start(t, name, directory+"="+dir)
	return &target.Target{System: system.Here(), Kind: target.Process, PID: pid}, func() string {
		if err := os.WriteFile(filepath.Join(dir, "ask"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
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
	p, ask := start(t, "busy")
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
	return strconv.FormatFloat(l.Value, 'f', -1, 64)
}

// A process in groups that this test makes, where it may: what holds is the limit of the
// outer group, for the CPU and for the memory.
func TestLiveNested(t *testing.T) {
	p, ask := start(t, "busy")
	before, err := Find(p)
	if err != nil {
		t.Fatal(err)
	}
	// So small a quota is used up even where many others want the CPU. The kernel refuses
	// one of v1 that is above that of the outer group.
	cpu, cpuErr := nest(t, p, "cpu", map[int][2]setting{
		1: {{"cpu.cfs_quota_us", "10000"}, {"cpu.cfs_quota_us", "-1"}},
		2: {{"cpu.max", "10000 100000"}, {"cpu.max", "80000 100000"}},
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
	if want := expected(before.CPU.Value, 0.1, cpuErr); math.Abs(after.CPU.Value-want) > 1e-9 && after.CPU.Value != want {
		t.Errorf("CPU %+v, want %v", after.CPU, want)
	}
	if cpuErr == nil {
		heldBack(t, p, cpu)
	}
}

// A process that sees its own groups alone knows that it does; of v1 memory the kernel
// tells it what holds above nevertheless. From outside all is seen.
func TestLiveConfined(t *testing.T) {
	p, ask := start(t, "confined")
	_, cpuErr := nest(t, p, "cpu", map[int][2]setting{
		1: {{"cpu.cfs_quota_us", "30000"}, {"cpu.cfs_quota_us", "-1"}},
		2: {{"cpu.max", "30000 100000"}, {"cpu.max", "max 100000"}},
	})
	_, memErr := nest(t, p, "memory", map[int][2]setting{
		1: {{"memory.limit_in_bytes", "268435456"}, {"memory.limit_in_bytes", "-1"}},
		2: {{"memory.max", "268435456"}, {"memory.max", "max"}},
	})
	var v view
	if err := json.Unmarshal([]byte(ask()), &v); err != nil {
		t.Fatal(err)
	}
	after, err := Find(p)
	if err != nil {
		t.Fatal(err)
	}
	// Our own mounts show what its do not.
	if write(after.CPU) != v.CPU[0] || write(after.Memory) != v.Memory[0] {
		t.Errorf("from outside %+v, %+v; and before it was confined %+v", after.CPU, after.Memory, v)
	}
	if !v.Confined || cpuErr != nil || memErr != nil {
		t.Logf("it could not be confined: %v, %v, %s", cpuErr, memErr, v.Err)
		return
	}
	if !v.CPUHidden || v.CPU[1] != "none" {
		t.Errorf("%+v, want no quota that can be seen, of what is hidden", v)
	}
	if v.MemoryHidden == v.V1 || (v.Memory[1] == v.Memory[0]) != v.V1 {
		t.Errorf("%+v, want the limit on memory if the kernel tells it, and else that it is hidden", v)
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
	for deadline := time.Now().Add(time.Minute); held() < 3; time.Sleep(20 * time.Millisecond) {
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
