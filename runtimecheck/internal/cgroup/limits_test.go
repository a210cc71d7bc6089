package cgroup

import (
	"io/fs"
	"math"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// inside returns where a file of the container that process 12 is in is read.
func inside(name string) string { return path.Join("/proc/12/root", name) }

// process is process 12 of the machine of fixtures.
func process(t testing.TB, archives ...string) *target.Target {
	return &target.Target{System: fixture.Tree(t, archives...), Kind: target.Process, PID: 12}
}

func TestFind(t *testing.T) {
	const pod = "/sys/fs/cgroup/kubepods.slice/kubepods-pod1.slice/"
	inf := math.Inf(1)
	tests := []struct {
		fixture           string
		cpu, memory, pids Limit // Hidden: anything for something
		cpus              CPUs
	}{
		{
			"v2host.txtar",
			Limit{Value: 2.5, Path: "/sys/fs/cgroup/batch.slice/cpu.max"},
			Limit{Value: 2 << 30, Path: "/sys/fs/cgroup/batch.slice/memory.max"},
			Limit{Value: 512, Path: "/sys/fs/cgroup/batch.slice/pids.max"},
			CPUs{List: "2-5", Path: "/sys/fs/cgroup/batch.slice/cpuset.cpus.effective"},
		},
		{
			"v1.txtar",
			Limit{Value: 1.5, Path: "/sys/fs/cgroup/cpu,cpuacct/svc/cpu.cfs_quota_us"},
			Limit{Value: inf, Path: "/sys/fs/cgroup/memory/svc/app/memory.stat"},
			Limit{Value: 100, Path: "/sys/fs/cgroup/pids/svc/app/pids.max"},
			CPUs{List: "1,3", Path: "/sys/fs/cgroup/cpuset/svc/cpuset.effective_cpus"},
		},
		{
			"hybrid.txtar",
			Limit{Value: 0.5, Path: "/sys/fs/cgroup/cpu/app/cpu.cfs_quota_us"},
			Limit{Value: 1 << 20, Path: "/sys/fs/cgroup/memory/app/memory.limit_in_bytes"},
			Limit{Value: inf, Path: "/sys/fs/cgroup/unified/app/pids.max"},
			CPUs{Path: "/sys/fs/cgroup/unified/app/cpuset.cpus.effective"},
		},
		{
			"pod.txtar",
			Limit{Value: 4, Path: pod + "cri-containerd-a.scope/cpu.max"},
			Limit{Value: 4 << 30, Path: pod + "cri-containerd-a.scope/memory.max"},
			Limit{Value: 4096, Path: pod + "pids.max"},
			CPUs{List: "4-7", Path: pod + "cri-containerd-a.scope/cpuset.cpus.effective"},
		},
		{
			"container.txtar",
			Limit{Value: 1.5, Path: "/sys/fs/cgroup/cpu.max", Hidden: "yes"},
			Limit{Value: inf, Path: "/sys/fs/cgroup/memory.max", Hidden: "yes"},
			Limit{Value: 100, Path: "/sys/fs/cgroup/pids.max", Hidden: "yes"},
			CPUs{List: "0-1", Path: "/sys/fs/cgroup/cpuset.cpus.effective"},
		},
		{
			"container-v1.txtar",
			Limit{Value: inf, Path: "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", Hidden: "yes"},
			Limit{Value: 1 << 30, Path: "/sys/fs/cgroup/memory/memory.stat"},
			Limit{Path: "/proc/12/cgroup", Err: fs.ErrInvalid}, // not mounted
			CPUs{Path: "/proc/12/cgroup", Err: fs.ErrInvalid},
		},
		{
			"sidecar.txtar",
			Limit{Value: 0.5, Path: inside("sys/fs/cgroup/cpu.max"), Hidden: "yes"},
			Limit{Value: 1000, Path: inside("sys/fs/cgroup/memory.max"), Hidden: "yes"},
			Limit{Value: inf, Path: inside("sys/fs/cgroup/pids.max"), Hidden: "yes"},
			CPUs{Path: inside("sys/fs/cgroup/cpuset.cpus.effective")},
		},
	}
	for _, tt := range tests {
		t.Run(tt.fixture, func(t *testing.T) {
			got, err := Find(process(t, fixture.Files(t, tt.fixture)...))
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range []struct {
				name      string
				got, want Limit
			}{{"CPU", got.CPU, tt.cpu}, {"memory", got.Memory, tt.memory}, {"PIDs", got.PIDs, tt.pids}} {
				same := l.got.Value == l.want.Value && l.got.Path == l.want.Path
				if !same || (l.got.Hidden != "") != (l.want.Hidden != "") || (l.got.Err != nil) != (l.want.Err != nil) {
					t.Errorf("%s: %+v, want %+v", l.name, l.got, l.want)
				}
			}
			if c := got.CPUs; c.List != tt.cpus.List || c.Path != tt.cpus.Path || (c.Err != nil) != (tt.cpus.Err != nil) {
				t.Errorf("CPUs: %+v, want %+v", c, tt.cpus)
			}
		})
	}
}

func TestWithin(t *testing.T) {
	tests := []struct {
		root, name, want string
		ok               bool
	}{
		{"/", "/", "", true},
		{"/", "/a/b", "a/b", true},
		{"/a", "/a", "", true},
		{"/a", "/a/b", "b", true},
		{"/a", "/ab", "", false},
		{"/a/b", "/a", "", false},
		{"/..", "/../b/c", "b/c", true},
		{"/../b", "/../b", "", true},
		{"/", "/../b", "", false},
		{"/..", "/b", "", false},
	}
	for _, tt := range tests {
		if got, ok := within(tt.root, tt.name); got != tt.want || ok != tt.ok {
			t.Errorf("within(%q, %q) = %q, %t; want %q, %t", tt.root, tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

// mountinfo writes spaces and backslashes in another way than /proc/PID/cgroup does.
func TestEscaped(t *testing.T) {
	l, err := Find(process(t, `
-- proc/self -> 12 --
-- proc/12/ns/mnt -> mnt:[1] --
-- proc/12/cgroup --
0::/a\x2db.slice/c d
-- proc/12/mountinfo --
812 811 0:27 /a\134x2db.slice /sys/fs/c\040group rw - cgroup2 cgroup rw
-- sys/fs/c group/cgroup.events --
-- sys/fs/c group/c d/cpu.max --
30000 10000
`))
	if err != nil || l.CPU.Value != 3 || l.CPU.Path != "/sys/fs/c group/c d/cpu.max" {
		t.Errorf("%+v, %v", l, err)
	}
}

// What cannot be read is not taken for no limit.
func TestUnreadable(t *testing.T) {
	base := fixture.Files(t, "container.txtar")[0]
	tests := []struct{ name, files, want string }{
		{"garbled", "-- sys/fs/cgroup/cpu.max --\nmany\n", "no quota"},
		{"truncated", "-- sys/fs/cgroup/cpu.max --\n1000\n", "no period"},
		{"period of nothing", "-- sys/fs/cgroup/cpu.max --\n1000 0\n", "no period"},
		{"empty", "-- sys/fs/cgroup/cpu.max --\n", "no quota"},
		{"a directory", "-- sys/fs/cgroup/cpu.max/ --\n", "directory"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			target := process(t, base)
			if err := os.Remove(target.Path("/sys/fs/cgroup/cpu.max")); err != nil {
				t.Fatal(err)
			}
			fixture.Add(t, target.System, tt.files)
			l, err := Find(target)
			if err != nil {
				t.Fatal(err)
			}
			if l.CPU.Err == nil || !strings.Contains(l.CPU.Err.Error(), tt.want) || l.CPU.None() {
				t.Errorf("%+v, want an error with %q", l.CPU, tt.want)
			}
			if l.PIDs.Err != nil || l.PIDs.Value != 100 {
				t.Errorf("the others are not known either: %+v", l.PIDs)
			}
		})
	}
}

func TestNoGroups(t *testing.T) {
	container := fixture.Files(t, "container.txtar")[0]
	tests := []struct{ name, files, want string }{
		{"ended", "-- proc/1/stat --\n", "no such file"},
		{"truncated", container + "-- proc/12/cgroup --\n0:\n", "cgroup"},
		{"truncated mounts", container + "-- proc/12/mountinfo --\n812 811 0:27 / /sys/fs\n", "mountinfo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Find(process(t, tt.files)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	t.Run("another system", func(t *testing.T) {
		if _, err := Find(&target.Target{System: &system.System{}, Kind: target.Self, PID: 12}); err == nil {
			t.Error("no error")
		}
	})
	t.Run("an endpoint", func(t *testing.T) {
		if _, err := Find(&target.Target{System: system.Here(), Kind: target.Endpoint}); err == nil {
			t.Error("no error")
		}
	})
	for name, files := range map[string]string{
		"nothing is mounted": "-- proc/12/mountinfo --\n",
		"another's group":    "-- proc/12/cgroup --\n0::/../other\n",
		"a group that went":  "-- proc/12/cgroup --\n0::/gone\n",
		"no group":           "-- proc/12/cgroup --\n",
	} {
		t.Run(name, func(t *testing.T) {
			l, err := Find(process(t, container+files))
			if err != nil {
				t.Fatal(err)
			}
			if l.CPU.Err == nil || l.Memory.Err == nil || l.PIDs.Err == nil || l.CPUs.Err == nil {
				t.Errorf("%+v, want errors", l)
			}
		})
	}
}

// Files are read once in a look, and anew in the next.
func TestOnce(t *testing.T) {
	p := process(t, fixture.Files(t, "container.txtar")...)
	p.Begin(p.Now)
	if l, err := Find(p); err != nil || l.CPU.Err != nil {
		t.Fatal(l, err)
	}
	fixture.Add(t, p.System, "-- proc/12/cgroup --\n0::/gone\n")
	if l, err := Find(p); err != nil || l.CPU.Err != nil {
		t.Error("read again:", l, err)
	}
	p.Begin(p.Now)
	if l, err := Find(p); err != nil || l.CPU.Err == nil {
		t.Error("not read again:", l, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"max", "100000", "max 100000", "50000 100000", "-1 100000", "5 0", "", "9223372036854771712", "1e9", "18446744073709551616"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := parseQuota(s); err == nil && !(v >= 0) {
			t.Errorf("quota %q: %v", s, v)
		}
		if v, err := parseLimit(s); err == nil && !(v >= 0) {
			t.Errorf("limit %q: %v", s, v)
		}
		if v, err := field(s, "x"); err == nil && !(v >= 0) {
			t.Errorf("field %q: %v", s, v)
		}
	})
}

func FuzzWithin(f *testing.F) {
	for _, s := range [][2]string{{"/", "/a/b"}, {"/", "/"}, {"/a", "/a"}, {"/a", "/ab"}, {"/..", "/../b"}, {"/", "/../b"}, {"", ""}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, root, name string) {
		below, ok := within(root, name)
		if !ok {
			return
		}
		for part := range strings.SplitSeq(below, "/") {
			if part == ".." {
				t.Errorf("within(%q, %q) = %q leads out", root, name, below)
			}
		}
		if g := (group{top: "/top", below: below}); g.dirs()[0] != g.dir() || g.dirs()[len(g.dirs())-1] != "/top" {
			t.Errorf("%+v: %q", g, g.dirs())
		}
	})
}
