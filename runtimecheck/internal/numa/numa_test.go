package numa

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// twoNodes is a machine with eight CPUs on the nodes 0 and 2, and a node 3 of memory
// alone; the process has two threads, on CPU 1 and CPU 5, and 1024 pages in two mappings.
const twoNodes = `
-- sys/devices/system/node/online --
0,2-3
-- sys/devices/system/node/node0/cpulist --
0-3
-- sys/devices/system/node/node0/distance --
10 21 30
-- sys/devices/system/node/node2/cpulist --
4-7
-- sys/devices/system/node/node2/distance --
21 10 40
-- sys/devices/system/node/node3/cpulist --

-- sys/devices/system/node/node3/distance --
30 40 10
-- proc/12/task/12/stat --
12 (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 1 0 0 0
-- proc/12/task/13/stat --
13 (app) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 5 0 0 0
-- proc/12/maps --
00400000-00500000 r-xp 00000000 fe:00 123 /srv/app
c000000000-c000300000 rw-p 00000000 00:00 0
c000300000-c004000000 ---p 00000000 00:00 0
7f0000000000-7f0000100000 rw-p 00000000 00:00 0 [anon: Go: heap]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
`

// firstOn puts the heap on one node and what is above it on another.
func firstOn(heap, rest int) func(uintptr) int {
	return func(page uintptr) int {
		if uint64(page) < 0x7f0000000000 {
			return heap
		}
		return rest
	}
}

func TestNuma(t *testing.T) {
	const few = "-- proc/12/maps --\nc000000000-c000001000 rw-p 00000000 00:00 0\n"
	both := [2][]int{{0, 1, 2, 3, 4, 5, 6, 7}, {1}}
	one := [2][]int{{0, 1}, {0, 1}}
	tests := []struct {
		name  string
		files string
		masks [2][]int
		pages func(uintptr) int
		id    string
		want  string
	}{
		{"one node", "", one, nil, spanned, "1: CPUs 0-1 on 1 of 3 nodes (0), up to 10 apart (10 is near)"},
		{"two nodes", "", both, nil, spanned, "2: CPUs 0-7 on 2 of 3 nodes (0,2), up to 21 apart (10 is near)"},
		{"garbled distance", "-- sys/devices/system/node/node2/distance --\nfar\n", both, nil, spanned, "2: CPUs 0-7 on 2 of 3 nodes (0,2), up to 21 apart"},

		{"all at home", "", one, firstOn(0, 0), memory, "100: 100 % on nodes 0, of a sample of 1024 pages"},
		{"a quarter elsewhere", "", one, firstOn(0, 2), memory, "75: 75 % on nodes 0, of a sample of 1024 pages"},
		{"on a node without CPUs", "", both, firstOn(3, 0), memory, "25: 25 % on nodes 0,2, of a sample of 1024 pages"},
		{"half not in memory", "", one, firstOn(-2, 0), memory, "100: 100 % on nodes 0, of a sample of 256 pages"},
		{"hardly any in memory", "", one, firstOn(-2, -14), memory, "UNKNOWN: move_pages(2) cannot be read: fewer than 32"},
		{"hardly any mapped", few, one, firstOn(0, 0), memory, "UNKNOWN: move_pages(2) cannot be read: fewer than 32"},
		{"none mapped", "-- proc/12/maps --\n", one, firstOn(0, 0), memory, "UNKNOWN: /proc/12/maps cannot be read: the process has no memory of its own"},
		{"garbled maps", "-- proc/12/maps --\nc0-b0 rw-p 0\n", one, firstOn(0, 0), memory, "UNKNOWN: /proc/12/maps cannot be read"},
		{"another system", "", one, nil, memory, "NOT_APPLICABLE: "},

		{"half at home", "", both, firstOn(2, 0), running, "50: 1 of 2 threads on node 2, which has 75 % of the memory"},
		{"garbled stat", "-- proc/12/task/13/stat --\n\n", both, firstOn(2, 0), running, "UNKNOWN: /proc/12/task/*/stat cannot be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := fixture.Tree(t, twoNodes, tt.files)
			s.Kernel = fixture.Kernel{Affinities: map[int][]int{12: tt.masks[0], 13: tt.masks[1]}, Pages: tt.pages}
			o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: s, Kind: target.Process, PID: 12}), tt.id)
			if !strings.HasPrefix(said(o), tt.want) {
				t.Errorf("observed %s, want %s", said(o), tt.want)
			}
		})
	}
}

func said(o posture.Observation) string {
	if o.Absent != "" {
		return fmt.Sprintf("%s: %s", o.Absent, o.Reason)
	}
	return fmt.Sprintf("%v: %s", o.Value, o.Current)
}

// Where there is one node, or nothing to be seen, no line says more than the others.
func TestAlike(t *testing.T) {
	noTasks := fixture.Tree(t, "-- sys/devices/system/node/online --\n0-1\n-- sys/devices/system/node/node0/cpulist --\n0\n-- sys/devices/system/node/node1/cpulist --\n1\n-- proc/12/task/12/ --\n")
	noTasks.Kernel = fixture.Kernel{Err: syscall.ESRCH}
	for name, tt := range map[string]struct {
		system *system.System
		kind   target.Kind
		want   posture.Verdict
	}{
		"one node":        {fixture.Tree(t, "-- sys/devices/system/node/online --\n0\n-- sys/devices/system/node/node0/cpulist --\n0-1\n"), target.Self, posture.NotApplicable},
		"no nodes at all": {fixture.Tree(t), target.Self, posture.NotApplicable},
		"garbled":         {fixture.Tree(t, "-- sys/devices/system/node/online --\nall\n"), target.Self, posture.Unknown},
		"none online":     {fixture.Tree(t, "-- sys/devices/system/node/online --\n\n"), target.Self, posture.Unknown},
		"has ended":       {noTasks, target.Process, posture.Unknown},
		"another machine": {system.Elsewhere(), target.Endpoint, posture.Unknown},
	} {
		seen := Probe.Look(t.Context(), &target.Target{System: tt.system, Kind: tt.kind, PID: 12})
		for _, s := range specs {
			if o := fixture.Observation(t, seen, s.ID); o.Absent != tt.want || o.Reason == "" {
				t.Errorf("%s: observed %+v", name, o)
			}
		}
	}
}

// refused is a kernel that tells of no pages.
type refused struct{ system.Kernel }

func (refused) Nodes(int, []uintptr) ([]int, error) { return nil, syscall.EPERM }

// Who is refused is told what to do: of another's process to become another user, of
// one's own to leave the container.
func TestRefused(t *testing.T) {
	for kind, want := range map[target.Kind]string{
		target.Process: "run lagvet as the user of the process, or as root",
		target.Self:    "",
	} {
		s := fixture.Tree(t, twoNodes)
		s.Kernel = refused{fixture.Kernel{Affinities: map[int][]int{12: {0}, 13: {0}}}}
		seen := Probe.Look(t.Context(), &target.Target{System: s, Kind: kind, PID: 12})
		o := fixture.Observation(t, seen, memory)
		if o.Absent != posture.Unknown || o.Mend != want || kind == target.Self && !strings.Contains(o.Reason, "on the host") {
			t.Errorf("%s: observed %+v", kind, o)
		}
		if o := fixture.Observation(t, seen, spanned); o.Value != 1 || o.Absent != "" {
			t.Errorf("observed %+v", o)
		}
	}
}

func TestSpread(t *testing.T) {
	for name, tt := range map[string]struct {
		ranges []extent
		n      int
		want   []uintptr
	}{
		"the middle of each part":  {[]extent{{0x10000, 0x20000}}, 2, []uintptr{0x14000, 0x1c000}},
		"as if they lay in a row":  {[]extent{{0x10000, 0x14000}, {0x80000, 0x8c000}}, 2, []uintptr{0x80000, 0x88000}},
		"no page twice":            {[]extent{{0x10000, 0x12000}}, 8, []uintptr{0x10800, 0x11800}},
		"ranges smaller than step": {[]extent{{0x1000, 0x2000}, {0x3000, 0x4000}, {0x5000, 0x7000}}, 2, []uintptr{0x3000, 0x6000}},
		"nothing":                  {nil, 8, nil},
	} {
		if got := spread(tt.ranges, tt.n); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %#x, want %#x", name, got, tt.want)
		}
	}
}

// Addresses lie in what was mapped, in order, and there are no more than asked for.
func FuzzPrivate(f *testing.F) {
	for _, s := range []string{"", "c000000000-c000300000 rw-p 00000000 00:00 0\n", "0-ffffffffffffffff rw-p x\n", "2-1 rw-p ", "1-3 rw-p \n2-4 rw-p ", "-- rw-p "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, maps string) {
		ranges, err := private(maps)
		if err != nil {
			return
		}
		addresses := spread(ranges, 16)
		if len(addresses) > 16 || !slices.IsSorted(addresses) {
			t.Errorf("%#x of %#x", addresses, ranges)
		}
		for _, a := range addresses {
			if !slices.ContainsFunc(ranges, func(r extent) bool { return r.start <= uint64(a) && uint64(a) < r.end }) {
				t.Errorf("%#x is not in %#x", a, ranges)
			}
		}
	})
}

func FuzzLastCPU(f *testing.F) {
	for _, s := range []string{"", "1 (a)", "1 (a) b) S 1", ")", "1 (x) S" + strings.Repeat(" 7", 50), "1 (x) S" + strings.Repeat(" -7", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, stat string) {
		if cpu, err := lastCPU(stat); err == nil && cpu < 0 {
			t.Errorf("%q says CPU %d", stat, cpu)
		}
	})
}
