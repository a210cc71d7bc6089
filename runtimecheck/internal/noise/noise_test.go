package noise

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// tuned is a machine under the profile realtime of TuneD, with CPUs 2 and 3 set apart.
const tuned = `
-- proc/sys/kernel/timer_migration --
0
-- proc/sys/kernel/numa_balancing --
0
-- proc/sys/kernel/nmi_watchdog --
0
-- proc/sys/kernel/soft_watchdog --
0
-- proc/sys/kernel/sched_rt_runtime_us --
-1
-- proc/sys/kernel/hung_task_timeout_secs --
600
-- proc/sys/vm/stat_interval --
10
-- proc/sys/vm/dirty_ratio --
10
-- proc/sys/vm/dirty_background_ratio --
3
-- proc/sys/net/core/busy_poll --
50
-- proc/sys/net/core/busy_read --
50
-- sys/kernel/mm/ksm/run --
2
-- sys/devices/system/machinecheck/machinecheck0/ignore_ce --
1
-- proc/cmdline --
quiet skew_tick=1 isolcpus=managed_irq,domain,2-3 nosoftlockup
-- sys/devices/system/cpu/isolated --
2-3
-- sys/devices/system/cpu/nohz_full --
(null)
-- sys/devices/virtual/workqueue/cpumask --
3
-- sys/bus/workqueue/devices/writeback/cpumask --
3
-- proc/irq/default_smp_affinity --
3
-- proc/irq/8/smp_affinity_list --
0-3
-- proc/irq/8/effective_affinity_list --
1
-- proc/irq/8/rtc0/ --
`

func TestKnobs(t *testing.T) {
	p, err := posture.Named("latency")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		file, text string
		id         string
		want       posture.Verdict
		current    string
	}{
		{"proc/sys/kernel/timer_migration", "1", "noise.timer_migration", posture.Warn, "1"},
		{"proc/sys/kernel/numa_balancing", "1", "noise.numa_balancing", posture.Warn, "1"},
		{"proc/sys/kernel/numa_balancing", "2", "noise.numa_balancing", posture.Warn, "2"},
		{"proc/sys/kernel/nmi_watchdog", "1", "noise.nmi_watchdog", posture.Warn, "1"},
		{"proc/sys/kernel/soft_watchdog", "1", "noise.soft_watchdog", posture.Warn, "1"},
		{"proc/sys/vm/stat_interval", "1", "noise.stat_interval", posture.Warn, "1 s"},
		{"proc/sys/net/core/busy_poll", "0", "noise.busy_poll", posture.Warn, "0 µs"},
		{"proc/sys/net/core/busy_read", "0", "noise.busy_read", posture.Warn, "0 µs"},
		{"proc/sys/kernel/sched_rt_runtime_us", "950000", "noise.sched_rt_runtime", posture.NotApplicable, "950000 µs"},
		{"sys/kernel/mm/ksm/run", "0", "noise.ksm", posture.Pass, "stopped"},
		{"sys/kernel/mm/ksm/run", "1", "noise.ksm", posture.Warn, "running"},
		{"sys/kernel/mm/ksm/run", "3", "noise.ksm", posture.Unknown, ""},
		{"proc/sys/kernel/hung_task_timeout_secs", "120", "noise.hung_task_timeout", posture.Warn, "120 s"},
		{"proc/sys/kernel/hung_task_timeout_secs", "0", "noise.hung_task_timeout", posture.Pass, "never"},
		{"sys/devices/system/machinecheck/machinecheck0/ignore_ce", "0", "noise.ignore_ce", posture.Warn, "0"},
		{"proc/sys/vm/dirty_ratio", "20", "noise.dirty_ratio", posture.Warn, "20 %"},
		{"proc/sys/vm/dirty_ratio", "0", "noise.dirty_ratio", posture.Pass, "0: a number of bytes is set in its place"},
		{"proc/sys/vm/dirty_background_ratio", "10", "noise.dirty_background_ratio", posture.Warn, "10 %"},
		{"proc/cmdline", "quiet", "noise.skew_tick", posture.Warn, "no"},
		{"proc/cmdline", "skew_tick=1 skew_tick=0", "noise.skew_tick", posture.Warn, "no"},
		{"proc/sys/vm/stat_interval", "ten", "noise.stat_interval", posture.Unknown, ""},
		{"proc/sys/vm/stat_interval", "", "noise.stat_interval", posture.Unknown, ""},

		{"sys/devices/virtual/workqueue/cpumask", "f", workqueues, posture.Warn, "CPUs 2-3 of CPUs 2-3 set apart"},
		{"sys/bus/workqueue/devices/writeback/cpumask", "00000000,0000000b", workqueues, posture.Warn, "CPU 3 of CPUs 2-3 set apart"},
		{"sys/bus/workqueue/devices/writeback/cpumask", "x", workqueues, posture.Unknown, ""},
		{"sys/devices/system/cpu/nohz_full", "1-3", workqueues, posture.Warn, "CPU 1 of CPUs 1-3 set apart"},
		{"sys/devices/system/cpu/isolated", "", workqueues, posture.NotApplicable, ""},
		{"sys/devices/system/cpu/isolated", "2-x", workqueues, posture.Unknown, ""},

		{"proc/irq/9/effective_affinity_list", "3", irqs, posture.Warn, "1 of 2 interrupts, at CPUs 2-3"},
		{"proc/irq/9/smp_affinity_list", "0-2", irqs, posture.Warn, "1 of 2 interrupts, at CPUs 2-3"},
		{"proc/irq/9/smp_affinity_list", "0", irqs, posture.Pass, "0 of 2 interrupts, at CPUs 2-3"},
		{"proc/irq/8/effective_affinity_list", "", irqs, posture.Pass, "0 of 1 interrupts, at CPUs 2-3"},
		{"proc/irq/9/effective_affinity_list", "garbage", irqs, posture.Pass, "0 of 1 interrupts, at CPUs 2-3"},
		{"proc/irq/8/effective_affinity_list", "garbage", irqs, posture.Unknown, ""},
		{"sys/devices/system/cpu/isolated", "", irqs, posture.NotApplicable, ""},
	}
	for _, tt := range tests {
		t.Run(tt.id+" "+tt.text, func(t *testing.T) {
			s := fixture.Tree(t, tuned, "-- "+tt.file+" --\n"+tt.text+"\n")
			c := judge(p, Probe.Look(t.Context(), &target.Target{System: s, Kind: target.Host}), t, tt.id)
			if c.Verdict != tt.want || c.Current != tt.current || c.Why == "" || c.Verdict == posture.Warn && c.Mend == "" {
				t.Errorf("judged %+v", c)
			}
		})
	}
}

func judge(p *posture.Profile, seen []posture.Observation, t *testing.T, id string) posture.Check {
	t.Helper()
	for _, s := range Probe.Specs {
		if s.ID == id {
			return p.Judge(s, fixture.Observation(t, seen, id))
		}
	}
	t.Fatalf("there is no spec of %s", id)
	return posture.Check{}
}

// A machine under TuneD's profile meets all that is required of it.
func TestTuned(t *testing.T) {
	p, err := posture.Named("latency")
	if err != nil {
		t.Fatal(err)
	}
	seen := Probe.Look(t.Context(), &target.Target{System: fixture.Tree(t, tuned), Kind: target.Host})
	for _, s := range Probe.Specs {
		c := judge(p, seen, t, s.ID)
		if _, asked := p.Checks[s.ID]; asked && c.Verdict != posture.Pass {
			t.Errorf("judged %+v", c)
		}
	}
}

func TestInterruptsByName(t *testing.T) {
	o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{
		System: fixture.Tree(t, tuned, "-- proc/irq/9/effective_affinity_list --\n2\n-- proc/irq/9/eth0-rx-1/ --\n-- proc/irq/10/effective_affinity_list --\n3\n"),
		Kind:   target.Host,
	}), irqs)
	if got := strings.Join(o.Details, "; "); got != "interrupt 10 at CPU 3; interrupt 9 (eth0-rx-1) at CPU 2" {
		t.Errorf("details %s", got)
	}
}

// From inside a service not every interrupt's file is read.
func TestSelf(t *testing.T) {
	o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: fixture.Tree(t, tuned), Kind: target.Self, PID: 12}), irqs)
	if o.Absent != posture.Unknown || o.Mend == "" {
		t.Errorf("observed %+v", o)
	}
}

// A container and another system have few of the files, and a process behind an
// endpoint none that can be seen.
func TestAbsent(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tt := range map[string]struct {
		ctx    context.Context
		target target.Target
		want   posture.Verdict
	}{
		"no files":        {t.Context(), target.Target{System: fixture.Tree(t), Kind: target.Host}, posture.NotApplicable},
		"another system":  {t.Context(), target.Target{System: &system.System{Kernel: fixture.Kernel{}}, Kind: target.Self}, posture.NotApplicable},
		"another machine": {ended, target.Target{System: system.Elsewhere(), Kind: target.Endpoint}, posture.Unknown},
	} {
		seen := Probe.Look(tt.ctx, &tt.target)
		for _, s := range Probe.Specs {
			if o := fixture.Observation(t, seen, s.ID); o.Absent != tt.want || o.Reason == "" {
				t.Errorf("%s: observed %+v", name, o)
			}
		}
	}
}

// What is said of this machine is what its files say.
func TestLive(t *testing.T) {
	seen := Probe.Look(t.Context(), &target.Target{System: system.Here(), Kind: target.Host})
	for _, k := range knobs() {
		o := fixture.Observation(t, seen, k.spec.ID)
		data, err := os.ReadFile(k.file)
		switch text := strings.TrimSpace(string(data)); {
		case err != nil && o.Absent == "":
			t.Errorf("observed %+v, and there is no file: %v", o, err)
		case err == nil && o.Absent != "":
			t.Errorf("observed %+v, and the file says %.40q", o, text)
		case err == nil && k.see == nil && fmt.Sprintf("%.0f", o.Value) != text:
			t.Errorf("observed %+v, and the file says %q", o, text)
		}
	}
}
