package cgroup

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A wanted observation; of a text that is empty, nothing is wanted.
type wanted struct {
	value   float64
	text    string
	current string // it holds that
	source  string // it ends with that
	atBest  bool
	absent  posture.Verdict
	details int
}

func (w wanted) check(t *testing.T, o posture.Observation) {
	t.Helper()
	if o.Absent != w.absent || (o.AtBest != "") != w.atBest || len(o.Details) != w.details {
		t.Errorf("%s: %+v, want %+v", o.ID, o, w)
	}
	if w.absent != "" {
		if o.Reason == "" || !strings.HasSuffix(o.Source, w.source) {
			t.Errorf("%s: it is not said why, or where: %+v", o.ID, o)
		}
		return
	}
	if o.Value != w.value || !strings.Contains(o.Text, w.text) || !strings.Contains(o.Current, w.current) || !strings.HasSuffix(o.Source, w.source) {
		t.Errorf("%s: %+v, want %+v", o.ID, o, w)
	}
}

func TestLook(t *testing.T) {
	const service = `lag\x2dapp.service/`
	none := wanted{absent: posture.NotApplicable}
	unknown := wanted{absent: posture.Unknown}
	tests := []struct {
		fixture, more string
		want          map[string]wanted
	}{
		{"v2host.txtar", "", map[string]wanted{
			cpuQuota:       {value: 2.5, text: "limited", current: "2.50 CPUs", source: "batch.slice/cpu.max"},
			throttled:      {value: 25, current: "25.0 % of 400 periods since the start, 2.5s", source: "batch.slice/cpu.stat", details: 2},
			cpuset:         {text: "2-5", current: "2-5 (4 CPUs)", source: "batch.slice/cpuset.cpus.effective"},
			partition:      {text: "isolated", source: "batch.slice/cpuset.cpus.partition"},
			weight:         {value: 100, text: "share", source: service + "cpu.weight", details: 2},
			memory:         {value: 75, current: "1.5 GiB of 2.0 GiB", source: "batch.slice/memory.max", details: 1},
			memoryHigh:     {value: 7, current: "1.1 GiB exceeded 7 times", source: service + "memory.events", details: 1},
			pids:           {value: 75, current: "384 of 512", source: "batch.slice/pids.max", details: 1},
			pressureCPU:    {value: 31.4, source: service + "cpu.pressure", details: 1},
			pressureMemory: {value: 0.4, source: service + "memory.pressure", details: 1},
			pressureIO:     none,
		}},
		{"v2host.txtar", "the fullest is not the tightest\n-- sys/fs/cgroup/batch.slice/lag\\x2dapp.service/memory.max --\n1500000000\n", map[string]wanted{
			memory: {value: 75, source: "batch.slice/memory.max", details: 2},
		}},
		{"v2host.txtar", "without the files that can be dropped\n-- sys/fs/cgroup/batch.slice/lag\\x2dapp.service/memory.max --\n1100000000\n", map[string]wanted{
			memory: {value: 100. * (1073741824 - 73741824) / 1100000000, source: service + "memory.max", details: 2},
		}},
		{"v2host.txtar", "idle above, and not valid\n-- sys/fs/cgroup/batch.slice/cpu.idle --\n1\n-- sys/fs/cgroup/batch.slice/cpuset.cpus.partition --\nroot invalid (Cpu list in cpuset.cpus not exclusive)\n", map[string]wanted{
			weight:    {value: 100, text: "idle", source: "batch.slice/cpu.idle", details: 2},
			partition: {text: "root invalid", current: "not exclusive", source: "batch.slice/cpuset.cpus.partition"},
		}},
		{"v1.txtar", "", map[string]wanted{
			cpuQuota:    {value: 1.5, text: "limited", source: "svc/cpu.cfs_quota_us"},
			throttled:   {value: 3, current: "3.0 % of 1000 periods since the start, 123ms", source: "svc/cpu.stat", details: 1},
			cpuset:      {text: "1,3", source: "svc/cpuset.effective_cpus"},
			partition:   none,
			weight:      {value: 200, text: "share", source: "app/cpu.shares", details: 3},
			memory:      {value: 0, current: "256.0 MiB, no limit", source: "app/memory.limit_in_bytes"},
			memoryHigh:  none,
			pids:        {value: 90, current: "90 of 100", source: "app/pids.max", details: 1},
			pressureCPU: none,
		}},
		{"hybrid.txtar", "-- proc/pressure/memory --\nsome avg10=9.00 total=1\nfull avg10=2.00 total=1\n", map[string]wanted{
			throttled:      {value: 40, current: "700ms", source: "cpu/app/cpu.stat", details: 1},
			memory:         {value: 99.21875, source: "memory/app/memory.limit_in_bytes", details: 1},
			cpuset:         none,
			weight:         none,
			pids:           none,
			pressureCPU:    {value: 1.5, source: "unified/app/cpu.pressure", details: 1},
			pressureMemory: {value: 2, current: "of the whole host", source: "/proc/pressure/memory", details: 1},
		}},
		{"pod.txtar", "", map[string]wanted{
			cpuQuota:   {value: 4, text: "limited", source: "a.scope/cpu.max"},
			throttled:  {value: 0, current: "0.0 % of 5 periods", source: "a.scope/cpu.stat", details: 2},
			cpuset:     {text: "4-7", source: "a.scope/cpuset.cpus.effective"},
			partition:  {text: "member", source: "a.scope/cpuset.cpus.partition"},
			memory:     {value: 25, source: "a.scope/memory.max", details: 1},
			memoryHigh: {value: 0, current: "none is set", source: "memory.high"},
			pids:       {value: 0, current: "20, no limit", source: "a.scope/pids.max"},
		}},
		{"container.txtar", "", map[string]wanted{
			cpuQuota:   {value: 1.5, text: "limited", current: "at most 1.50", source: "cpu.max", atBest: true},
			throttled:  {value: 0, source: "cpu.stat", details: 1}, // cpu.stat.local says so
			cpuset:     {text: "0-1", source: "cpuset.cpus.effective"},
			partition:  unknown,
			weight:     {value: 59, text: "share", source: "cpu.weight", details: 1},
			memory:     {value: 0, current: "no limit that can be seen", source: "memory.max", atBest: true},
			memoryHigh: {value: 0, source: "memory.high", atBest: true},
			pids:       {value: 60, source: "pids.max", atBest: true, details: 1},
		}},
		{"container.txtar", "-- sys/fs/cgroup/cpu.stat.local --\nthrottled_usec 500000\n-- sys/fs/cgroup/cpu.max --\nmax 100000\n", map[string]wanted{
			cpuQuota:  {value: math.Inf(1), text: "none", current: "none that can be seen", source: "cpu.max", atBest: true},
			throttled: {value: 0, source: "cpu.stat", atBest: true, details: 1},
		}},
		{"container-v1.txtar", "", map[string]wanted{
			cpuQuota:  {value: math.Inf(1), text: "none", source: "cpu.cfs_quota_us", atBest: true},
			throttled: {value: 0, source: "cpu.stat", atBest: true},
			memory:    {value: 50, current: "512.0 MiB of 1.0 GiB", source: "memory.stat", atBest: true},
			pids:      unknown,
			cpuset:    unknown,
			partition: unknown,
		}},
		{"container-v1.txtar", "-- sys/fs/cgroup/memory/memory.stat --\nhierarchical_memory_limit 9223372036854771712\n", map[string]wanted{
			memory: {value: 0, current: "512.0 MiB, no limit", source: "memory.limit_in_bytes"},
		}},
		{"sidecar.txtar", "", map[string]wanted{
			cpuQuota: {value: 0.5, text: "limited", source: inside("sys/fs/cgroup/cpu.max"), atBest: true},
			cpuset:   unknown,
			weight:   unknown,
			memory:   unknown,
		}},
	}
	for _, tt := range tests {
		name, _, _ := strings.Cut(tt.more, "\n")
		t.Run(strings.Trim(tt.fixture+" "+name, " -"), func(t *testing.T) {
			p := process(t, fixture.Files(t, tt.fixture)[0]+tt.more)
			p.Begin(time.Now())
			all := Probe.Look(t.Context(), p)
			for _, s := range Probe.Specs {
				o := fixture.Observation(t, all, s.ID)
				if w, ok := tt.want[s.ID]; ok {
					w.check(t, o)
				}
			}
		})
	}
}

// Between two looks it is the growth that counts.
func TestGrowth(t *testing.T) {
	p := process(t, fixture.Files(t, "v2host.txtar")...)
	start := time.Now()
	p.Begin(start)
	Probe.Look(t.Context(), p)
	const slice, service = "-- sys/fs/cgroup/batch.slice/", `-- sys/fs/cgroup/batch.slice/lag\x2dapp.service/`
	fixture.Add(t, p.System,
		slice+"cpu.stat --\nnr_periods 420\nnr_throttled 110\nthrottled_usec 3100000\n",
		service+"memory.events --\nhigh 9\n",
		service+"cpu.pressure --\nsome avg10=1.00 total=1700000\nfull avg10=0.00 total=500000\n")
	p.Begin(start.Add(10 * time.Second))
	all := Probe.Look(t.Context(), p)
	for id, w := range map[string]wanted{
		throttled:   {value: 50, current: "50.0 % of 20 periods in 10s, 600ms", source: "batch.slice/cpu.stat", details: 1},
		memoryHigh:  {value: 2, current: "exceeded 2 times in 10s", details: 1, source: "memory.events"},
		pressureCPU: {value: 10, current: "10.0 % in 10s", details: 1, source: "cpu.pressure"},
	} {
		w.check(t, fixture.Observation(t, all, id))
	}
}

func TestHost(t *testing.T) {
	s := fixture.Tree(t, "-- proc/pressure/cpu --\nsome avg10=7.50 avg60=0.00 avg300=0.00 total=10\n-- proc/pressure/io --\nnonsense\n")
	host := &target.Target{System: s, Kind: target.Host}
	host.Begin(time.Now())
	all := Probe.Look(t.Context(), host)
	if len(all) != 3 {
		t.Errorf("%d observations of a host", len(all))
	}
	wanted{value: 7.5, source: "/proc/pressure/cpu", details: 1}.check(t, fixture.Observation(t, all, pressureCPU))
	wanted{absent: posture.NotApplicable}.check(t, fixture.Observation(t, all, pressureMemory))
	wanted{absent: posture.Unknown}.check(t, fixture.Observation(t, all, pressureIO))
}

// Whatever is wrong, there is one observation for each check.
func TestNothing(t *testing.T) {
	garbled := fixture.Files(t, "v2host.txtar")[0]
	tests := []struct {
		name   string
		target *target.Target
		want   posture.Verdict
	}{
		{"another system", &target.Target{System: &system.System{}, Kind: target.Self, PID: 12}, posture.NotApplicable},
		{"elsewhere", &target.Target{System: system.Elsewhere(), Kind: target.Endpoint}, posture.Unknown},
		{"ended", process(t, "-- proc/stat --\n"), posture.NotApplicable},
		{"no mounts", process(t, garbled+"-- proc/12/mountinfo --\n"), posture.Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.target.Begin(time.Now())
			all := Probe.Look(t.Context(), tt.target)
			for _, s := range Probe.Specs {
				if o := fixture.Observation(t, all, s.ID); s.Go && (o.Absent != tt.want || o.Reason == "") {
					t.Errorf("%+v, want %s", o, tt.want)
				}
			}
		})
	}
	for _, name := range []string{"cpu.stat", "cpu.weight", "memory.max", "memory.current", "memory.high", "pids.max", "cpu.pressure", "cpuset.cpus.partition"} {
		t.Run("no right to "+name, func(t *testing.T) {
			p := process(t, garbled)
			p.Begin(time.Now())
			dir := p.Path("/sys/fs/cgroup/batch.slice")
			for _, file := range []string{filepath.Join(dir, name), filepath.Join(dir, `lag\x2dapp.service`, name)} {
				// Even root cannot read a directory as a file.
				if err := os.RemoveAll(file); err != nil {
					t.Fatal(err)
				}
				if err := os.Mkdir(file, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			ids := map[string]string{
				"cpu.stat": throttled, "cpu.weight": weight, "memory.max": memory, "memory.current": memory,
				"memory.high": memoryHigh, "pids.max": pids, "cpu.pressure": pressureCPU, "cpuset.cpus.partition": partition,
			}
			o := fixture.Observation(t, Probe.Look(t.Context(), p), ids[name])
			if o.Absent != posture.Unknown || !strings.HasSuffix(o.Source, name) {
				t.Errorf("%+v, want UNKNOWN for %s", o, name)
			}
		})
	}
}

func FuzzPressure(f *testing.F) {
	f.Add("some avg10=0.12 avg60=0.00 avg300=0.00 total=4711\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0")
	f.Add("some avg10=NaN total=-1")
	f.Add("full")
	f.Fuzz(func(t *testing.T, text string) {
		some, full, err := parsePressure(text)
		for _, v := range []float64{some.avg10, some.total, full.avg10, full.total} {
			if !(v >= 0 && v <= math.MaxFloat64) || err != nil && v != 0 {
				t.Errorf("%q: %+v %+v %v", text, some, full, err)
			}
		}
	})
}
