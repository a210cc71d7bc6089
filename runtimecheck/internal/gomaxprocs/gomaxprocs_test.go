package gomaxprocs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// machine has the hyper-threads 0 and 4, 1 and 5 and so on, of which the process may
// use 0, 1, 4 and 5; a cgroup further up allows it 2.5 CPUs, and its own 4.
const machine = `
-- proc/self -> 12 --
-- proc/12/task/12/status --
Cpus_allowed_list:	0-1,4-5
-- proc/12/task/13/status --
Cpus_allowed_list:	1
-- proc/12/ns/mnt -> mnt:[4026531841] --
-- proc/12/cgroup --
0::/batch/app
-- proc/12/mountinfo --
31 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
-- sys/fs/cgroup/cgroup.controllers --
cpu
-- sys/fs/cgroup/batch/cgroup.events --
populated 1
-- sys/fs/cgroup/batch/cpu.max --
250000 100000
-- sys/fs/cgroup/batch/app/cgroup.events --
populated 1
-- sys/fs/cgroup/batch/app/cpu.max --
400000 100000
-- sys/devices/system/cpu/smt/active --
1
-- sys/devices/system/cpu/cpu0/topology/thread_siblings_list --
0,4
-- sys/devices/system/cpu/cpu1/topology/thread_siblings_list --
1,5
`

// reported are metrics that a program reports.
type reported struct {
	value float64
	err   error
}

func (r reported) Read(_ context.Context, names ...string) (map[string]target.Metric, error) {
	read := make(map[string]target.Metric)
	for _, n := range names {
		if n == "/sched/gomaxprocs:threads" && r.value != 0 {
			read[n] = target.Metric{Number: r.value}
		}
	}
	return read, r.err
}

func (reported) Source(name string) string { return "the page, " + name }

func environ(vars ...string) string {
	return "-- proc/12/environ --\n" + strings.Join(vars, "\x00") + "\x00\n"
}

func TestGomaxprocs(t *testing.T) {
	const hidden = `
-- proc/12/cgroup --
0::/
-- sys/fs/cgroup/cgroup.events --
populated 1
-- sys/fs/cgroup/cpu.max --
`
	eight := reported{value: 8}
	tests := []struct {
		name    string
		files   string
		metrics target.Metrics
		id      string
		want    string
	}{
		{"reported", environ("A=1"), eight, value, "8: 8"},
		{"reported and set", environ("GOMAXPROCS=8"), eight, value, "8: 8, the environment sets it"},
		{"reported, the environment unread", "", eight, value, "8: 8"},
		{"set", environ("XGOMAXPROCS=3", "GOMAXPROCS=6", "GOMAXPROCS=5"), nil, value, "6: 6, the environment sets it"},
		{"set to nothing", environ("GOMAXPROCS="), nil, value, "UNKNOWN: GOMAXPROCS is not in the environment"},
		{"set to a wrong number", environ("GOMAXPROCS=-3"), nil, value, "UNKNOWN: GOMAXPROCS is not in the environment"},
		{"unset", environ("A=1"), nil, quota, "UNKNOWN: GOMAXPROCS is not in the environment"},
		{"not reported", environ("GOMAXPROCS=2"), reported{}, value, "2: 2"},
		{"reported wrongly", environ("GOMAXPROCS=2"), reported{value: 1e300}, value, "2: 2"},
		{"an error", environ("GOMAXPROCS=2"), reported{err: errors.New("timeout")}, value, "2: 2"},

		{"more than the CPUs", "", eight, affinity, "200: 8 on 4 CPUs (0-1,4-5)"},
		{"as the CPUs", "", reported{value: 4}, affinity, "100: 4 on 4 CPUs (0-1,4-5)"},

		{"more than the quota", "", eight, quota, "320: 8 of a quota of 2.5 CPUs"},
		{"less than the quota", "", reported{value: 2}, quota, "80: 2 of a quota of 2.5 CPUs"},
		{"no quota", "-- sys/fs/cgroup/batch/cpu.max --\nmax 100000\n-- sys/fs/cgroup/batch/app/cpu.max --\nmax 100000\n", eight, quota, "NOT_APPLICABLE: no cgroup limits the CPU time"},
		{"groups hidden, no quota", hidden + "max 100000\n", eight, quota, "UNKNOWN: no quota is set as far as can be seen; there are groups above"},
		{"groups hidden, a quota", hidden + "150000 100000\n", reported{value: 3}, quota, "200: 3 of a quota of 1.5 CPUs"},
		{"a quota of nothing", "-- sys/fs/cgroup/batch/cpu.max --\n0 100000\n", eight, quota, "UNKNOWN: /sys/fs/cgroup/batch/cpu.max cannot be read: the quota is 0"},
		{"a garbled quota", "-- sys/fs/cgroup/batch/cpu.max --\nlots\n", eight, quota, "UNKNOWN: /sys/fs/cgroup/batch/cpu.max cannot be read"},

		{"hyper-threads", "", reported{value: 4}, cores, "200: 4 on 2 cores with 4 CPUs"},
		{"as the cores", "", reported{value: 2}, cores, "100: 2 on 2 cores with 4 CPUs"},
		{"no hyper-threads", "-- sys/devices/system/cpu/smt/active --\n0\n", eight, cores, "NOT_APPLICABLE: no core has more than one thread here"},
		{"garbled siblings", "-- sys/devices/system/cpu/cpu1/topology/thread_siblings_list --\n0-\n", eight, cores, "UNKNOWN: /sys/devices/system/cpu/cpu*/topology/thread_siblings_list cannot be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := fixture.Tree(t, machine, tt.files)
			o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: s, Kind: target.Process, PID: 12, Metrics: tt.metrics}), tt.id)
			got := fmt.Sprintf("%v: %s", o.Value, o.Current)
			if o.Absent != "" {
				got = fmt.Sprintf("%s: %s", o.Absent, o.Reason)
			}
			if !strings.HasPrefix(got, tt.want) {
				t.Errorf("observed %s, want %s", got, tt.want)
			}
		})
	}
}

// Whatever kind of groups a machine has, the tightest quota counts.
func TestGroups(t *testing.T) {
	for file, want := range map[string]struct {
		value  float64
		atBest bool
	}{
		"v2host.txtar":    {160, false}, // the slice above has 2.5
		"v1.txtar":        {400. / 1.5, false},
		"hybrid.txtar":    {800, false}, // 0.5, by v1
		"pod.txtar":       {100, false}, // Guaranteed: 4
		"container.txtar": {400. / 1.5, true},
	} {
		archives := append(fixture.Files(t, "../../cgroup/testdata/"+file), "-- proc/12/task/12/status --\nCpus_allowed_list:\t4-7\n")
		p := &target.Target{System: fixture.Tree(t, archives...), Kind: target.Process, PID: 12, Metrics: reported{value: 4}}
		o := fixture.Observation(t, Probe.Look(t.Context(), p), quota)
		if math.Abs(o.Value-want.value) > 1e-9 || (o.AtBest != "") != want.atBest {
			t.Errorf("%s: observed %+v, want %+v", file, o, want)
		}
	}
}

// What is above the quota that can be seen is above any that cannot; what is not may be.
func TestHidden(t *testing.T) {
	p, err := posture.Named("latency")
	if err != nil {
		t.Fatal(err)
	}
	s := fixture.Tree(t, machine, "-- proc/12/cgroup --\n0::/\n-- sys/fs/cgroup/cgroup.events --\n-- sys/fs/cgroup/cpu.max --\n200000 100000\n")
	for n, want := range map[float64]posture.Verdict{2: posture.Unknown, 3: posture.Fail} {
		o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: s, Kind: target.Self, PID: 12, Metrics: reported{value: n}}), quota)
		if c := p.Judge(specs[2], o); c.ID != quota || c.Verdict != want || c.Mend == "" && want == posture.Fail {
			t.Errorf("GOMAXPROCS %v: judged %+v", n, c)
		}
	}
}

// What to set is said in numbers that fit.
func TestMend(t *testing.T) {
	for name, tt := range map[string]struct {
		files   string
		procs   float64
		id      string
		contain string
	}{
		"rounded down":    {"", 8, quota, "GOMAXPROCS=2 (in the environment, or runtime.GOMAXPROCS in main), or raise the quota in /sys/fs/cgroup/batch/cpu.max to 8 CPUs"},
		"never 0":         {"-- sys/fs/cgroup/batch/cpu.max --\n50000 100000\n", 2, quota, "GOMAXPROCS=1 "},
		"not below 1":     {"-- sys/fs/cgroup/batch/cpu.max --\n50000 100000\n", 1, quota, "raise the quota in /sys/fs/cgroup/batch/cpu.max to a whole CPU"},
		"as many as CPUs": {"", 8, affinity, "GOMAXPROCS=4 "},
		"as many cores":   {"", 8, cores, "GOMAXPROCS=2 "},
	} {
		s := fixture.Tree(t, machine, tt.files)
		o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: s, Kind: target.Process, PID: 12, Metrics: reported{value: tt.procs}}), tt.id)
		if !strings.Contains(o.Mend, tt.contain) {
			t.Errorf("%s: %s", name, o.Mend)
		}
	}
}

// An endpoint that does not tell is not taken to have no environment.
func TestEndpoint(t *testing.T) {
	for want, metrics := range map[string]target.Metrics{
		"only the program itself can tell":                                nil,
		"the program does not say: there is no /sched/gomaxprocs:threads": reported{},
	} {
		o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: system.Elsewhere(), Kind: target.Endpoint, Metrics: metrics}), value)
		if o.Absent != posture.Unknown || o.Reason != want || o.Mend == "" || strings.Contains(o.Source, "/proc") {
			t.Errorf("observed %+v, want %s", o, want)
		}
	}
}

// What cannot be seen is unknown, one line at a time.
func TestAbsent(t *testing.T) {
	gone := fixture.Tree(t, machine)
	gone.Kernel = fixture.Kernel{Err: syscall.ESRCH}
	if err := os.RemoveAll(filepath.Join(gone.Root, "sys", "devices")); err != nil {
		t.Fatal(err)
	}
	bare := fixture.Tree(t, machine)
	if err := os.RemoveAll(filepath.Join(bare.Root, "sys", "devices")); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		target target.Target
		want   map[string]posture.Verdict
	}{
		"threads gone": {
			target.Target{System: gone, Kind: target.Process, PID: 12, Metrics: reported{value: 2}},
			map[string]posture.Verdict{value: "", affinity: posture.Unknown, quota: "", cores: posture.Unknown},
		},
		"no topology": {
			target.Target{System: bare, Kind: target.Process, PID: 12, Metrics: reported{value: 2}},
			map[string]posture.Verdict{value: "", affinity: "", quota: "", cores: posture.NotApplicable},
		},
		"an endpoint that tells": {
			target.Target{System: system.Elsewhere(), Kind: target.Endpoint, Metrics: reported{value: 2}},
			map[string]posture.Verdict{value: "", affinity: posture.Unknown, quota: posture.Unknown, cores: posture.Unknown},
		},
		"an endpoint that does not": {
			target.Target{System: system.Elsewhere(), Kind: target.Endpoint},
			map[string]posture.Verdict{value: posture.Unknown, affinity: posture.Unknown, quota: posture.Unknown, cores: posture.Unknown},
		},
	} {
		seen := Probe.Look(t.Context(), &tt.target)
		for id, want := range tt.want {
			if o := fixture.Observation(t, seen, id); o.Absent != want || want != "" && o.Reason == "" {
				t.Errorf("%s: observed %+v", name, o)
			}
		}
	}
}
