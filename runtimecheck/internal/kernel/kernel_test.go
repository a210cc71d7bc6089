package kernel

import (
	"encoding/binary"
	"fmt"
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

// A wanted observation.
type wanted struct {
	value   float64
	text    string
	current string // it holds that
	source  string // it ends with that
	grade   posture.Grade
	atBest  bool
	absent  posture.Verdict
	reason  string // it holds that
}

func (w wanted) check(t *testing.T, o posture.Observation) {
	t.Helper()
	grade := w.grade
	if grade == "" {
		grade = posture.Kernel
	}
	same := o.Absent == w.absent && o.Value == w.value && o.Text == w.text && o.Grade == grade && (o.AtBest != "") == w.atBest
	if !same || !strings.Contains(o.Current, w.current) || !strings.HasSuffix(o.Source, w.source) || !strings.Contains(o.Reason, w.reason) {
		t.Errorf("%+v, want %+v", o, w)
	}
	if o.Absent != "" && o.Reason == "" {
		t.Errorf("%s: it is not said why", o.ID)
	}
}

func TestLook(t *testing.T) {
	none := wanted{absent: posture.NotApplicable}
	tests := []struct {
		name, fixture, more string
		kind                target.Kind
		want                map[string]wanted
	}{
		{"metal", "metal.txtar", "", target.Process, map[string]wanted{
			somaxconn:   {value: 128, source: "/proc/sys/net/core/somaxconn"},
			twReuse:     {text: "1", source: "tcp_tw_reuse"},
			finTimeout:  {value: 30, source: "tcp_fin_timeout"},
			localPorts:  {value: 28228, current: "32768 to 60999 without 4", source: "ip_local_port_range"},
			timeWait:    {value: 100 * 7058. / 28228, current: "7058 sockets, 28228 ports (25.0 %)", source: "/proc/12/net/sockstat"},
			swappiness:  {value: 60, current: "60, with swap on 1", source: "swappiness"},
			swapped:     {value: 2, current: "2.0 MiB, and 512.0 MiB in memory", source: "/proc/12/status"},
			thp:         {text: "always", source: "enabled"},
			thpDefrag:   {text: "madvise", source: "defrag"},
			maxPTEsNone: {value: 511, source: "max_ptes_none"},
			hugeMemory:  {value: 128, current: "128.0 MiB of 512.0 MiB", source: "smaps_rollup"},
			governor:    {text: "performance, powersave", source: "scaling_governor"},
			idleLatency: {value: 133, current: "133 µs (C6 of cpu0)", source: "cpuidle"},
			release:     {text: "6.8.0-45-generic", source: "osrelease"},
			preemption:  {text: "voluntary", source: "/proc/cmdline", grade: posture.Declared},
		}},
		{"the host alone", "metal.txtar", "", target.Host, map[string]wanted{
			timeWait: {value: 100 * 14116. / 28228, source: "/proc/net/sockstat"},
		}},
		{"itself", "metal.txtar", "", target.Self, map[string]wanted{
			hugeMemory: {absent: posture.NotApplicable, reason: "does not look for itself"},
			swapped:    {value: 2, source: "status"},
		}},
		{"another network", "metal.txtar", "-- proc/self/ns/net -> net:[1] --\n", target.Process, map[string]wanted{
			somaxconn: {absent: posture.Unknown, reason: "another network namespace"},
			twReuse:   {absent: posture.Unknown}, finTimeout: {absent: posture.Unknown},
			localPorts: {absent: posture.Unknown}, timeWait: {absent: posture.Unknown},
			swappiness: {value: 60},
		}},
		{"guest", "guest.txtar", "", target.Process, map[string]wanted{
			somaxconn:   {value: 4096},
			twReuse:     {text: "2"},
			localPorts:  {value: 64512, current: "without 0"},
			timeWait:    {value: 0, current: "0 sockets"},
			swappiness:  {absent: posture.NotApplicable, reason: "vm.swappiness is 60"},
			swapped:     {value: 0},
			thp:         {text: "never"},
			thpDefrag:   none,
			maxPTEsNone: none,
			hugeMemory:  none,
			governor:    {absent: posture.NotApplicable, reason: "guest"},
			idleLatency: none,
			preemption:  {text: "realtime", source: "version"},
		}},
		{"more than can be gone through", "guest.txtar", "-- sys/kernel/mm/transparent_hugepage/enabled --\n[always] madvise never\n", target.Process, map[string]wanted{
			hugeMemory: {absent: posture.Unknown, reason: "2.0 GiB"},
		}},
		{"huge pages for who asks", "metal.txtar", "-- sys/kernel/mm/transparent_hugepage/enabled --\nalways [madvise] never\n", target.Process, map[string]wanted{
			thp:         {text: "madvise"},
			maxPTEsNone: {absent: posture.NotApplicable, reason: "Go does not ask"},
			hugeMemory:  {value: 128},
		}},
		{"modes that are told", "metal.txtar", "-- sys/kernel/debug/sched/preempt --\nnone voluntary full (lazy)\n", target.Process, map[string]wanted{
			preemption: {text: "lazy", source: "sched/preempt"},
		}},
		{"modes that are not", "metal.txtar", "-- proc/cmdline --\nquiet\n", target.Process, map[string]wanted{
			preemption: {text: "dynamic"},
		}},
		{"older kernels", "metal.txtar", "-- proc/sys/kernel/version --\n#1 SMP Debian 6.1\n", target.Process, map[string]wanted{
			preemption: {text: "none or voluntary"},
		}},
		{"deep states are disabled", "metal.txtar", "-- sys/devices/system/cpu/cpu0/cpuidle/state2/disable --\n1\n", target.Process, map[string]wanted{
			idleLatency: {value: 2, current: "C1"},
		}},
		{"one CPU is asked for", "metal.txtar", "-- sys/devices/system/cpu/cpu0/power/pm_qos_resume_latency_us --\n50\n", target.Process, map[string]wanted{
			idleLatency: {value: 2, current: "at most 50 µs", source: "pm_qos_resume_latency_us"},
		}},
		{"one CPU must not sleep", "metal.txtar", "-- sys/devices/system/cpu/cpu0/power/pm_qos_resume_latency_us --\nn/a\n", target.Process, map[string]wanted{
			idleLatency: {value: 0, current: "POLL", source: "pm_qos_resume_latency_us"},
		}},
		{"haltpoll", "metal.txtar", "-- sys/devices/system/cpu/cpuidle/current_driver --\nhaltpoll\n", target.Process, map[string]wanted{
			idleLatency: {value: 133, atBest: true},
		}},
		{"garbled", "metal.txtar", `
-- proc/sys/net/core/somaxconn --
many
-- proc/sys/net/ipv4/tcp_tw_reuse --
-- proc/sys/net/ipv4/ip_local_port_range --
60999 32768
-- proc/sys/vm/swappiness --
99999999999999999999
-- sys/kernel/mm/transparent_hugepage/enabled --
-- sys/devices/system/cpu/cpu0/cpuidle/state1/latency --
-1
-- proc/12/smaps_rollup --
AnonHugePages: 12
-- proc/12/net/sockstat --
TCP: inuse
`, target.Process, map[string]wanted{
			somaxconn: {absent: posture.Unknown}, twReuse: {absent: posture.Unknown},
			localPorts: {absent: posture.Unknown}, timeWait: {absent: posture.Unknown},
			swappiness: {absent: posture.Unknown}, thp: {absent: posture.Unknown},
			idleLatency: {absent: posture.Unknown}, hugeMemory: {absent: posture.Unknown},
			finTimeout: {value: 30},
		}},
		{"counts are garbled", "metal.txtar", "-- proc/12/net/sockstat --\nUDP: inuse 1 mem 1\n-- proc/sys/net/ipv4/ip_local_reserved_ports --\n70000\n", target.Process, map[string]wanted{
			localPorts: {absent: posture.Unknown}, timeWait: {absent: posture.Unknown},
		}},
		{"no count", "guest.txtar", "-- proc/12/net/sockstat --\nUDP: inuse 1 mem 1\n", target.Process, map[string]wanted{
			localPorts: {value: 64512}, timeWait: {absent: posture.Unknown, reason: "tw"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := fixture.Files(t, tt.fixture)[0]
			if strings.Contains(tt.more, "proc/self/ns") {
				files = strings.Replace(files, "-- proc/self -> 12 --\n", "", 1)
			}
			p := &target.Target{System: fixture.Tree(t, files+tt.more), Kind: tt.kind, PID: 12}
			p.Begin(time.Now())
			all := Probe.Look(t.Context(), p)
			for _, s := range Probe.Specs {
				if s.Go && tt.kind == target.Host {
					continue
				}
				o := fixture.Observation(t, all, s.ID)
				if w, ok := tt.want[s.ID]; ok {
					w.check(t, o)
				}
			}
		})
	}
}

// What is asked for through the device bounds the idle states, and what cannot be read
// of it makes the value a guess.
func TestDMALatency(t *testing.T) {
	tests := []struct {
		name   string
		device func(file string) error
		want   wanted
	}{
		{"nothing is asked for", asks(unbounded), wanted{value: 133, current: "C6", source: "cpuidle"}},
		{"little", asks(10), wanted{value: 2, current: "at most 10 µs", source: "/dev/cpu_dma_latency"}},
		{"just enough", asks(2), wanted{value: 2, current: "C1 of cpu0), as somebody asks for at most 2 µs", source: "/dev/cpu_dma_latency"}},
		{"no sleep", asks(0), wanted{value: 0, current: "POLL", source: "/dev/cpu_dma_latency"}},
		{"truncated", func(file string) error { return os.WriteFile(file, []byte{1}, 0o600) }, wanted{value: 133, grade: posture.Heuristic, current: "unless"}},
		{"no right", func(file string) error { return os.Mkdir(file, 0o755) }, wanted{value: 133, grade: posture.Heuristic, current: "unless"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &target.Target{System: fixture.Tree(t, fixture.Files(t, "metal.txtar")[0]+"-- dev/ --\n"), Kind: target.Host}
			if err := tt.device(filepath.Join(p.Root, "dev", "cpu_dma_latency")); err != nil {
				t.Fatal(err)
			}
			tt.want.check(t, fixture.Observation(t, Probe.Look(t.Context(), p), idleLatency))
		})
	}
}

// asks writes what the device says if somebody asks for a latency.
func asks(us uint32) func(string) error {
	return func(file string) error {
		return os.WriteFile(file, binary.NativeEndian.AppendUint32(nil, us), 0o600)
	}
}

// A service looks at some CPUs of many, and says so; from outside all are looked at.
func TestManyCPUs(t *testing.T) {
	var files strings.Builder
	for i := range 100 {
		fmt.Fprintf(&files, "-- sys/devices/system/cpu/cpufreq/policy%02d/scaling_governor --\n%s\n", i, []string{"performance", "powersave"}[i/99])
	}
	p := &target.Target{System: fixture.Tree(t, files.String()), Kind: target.Self, PID: 12}
	wanted{text: "performance", current: "performance, of 16 CPUs looked at among 100", grade: posture.Heuristic}.check(t, observeGovernor(p))
	p.Kind = target.Host
	wanted{text: "performance, powersave", source: "scaling_governor"}.check(t, observeGovernor(p))
}

// Whatever is wrong, there is one observation for each check.
func TestNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		target *target.Target
		want   posture.Verdict
	}{
		"another system": {&target.Target{System: &system.System{}, Kind: target.Self, PID: 12}, posture.NotApplicable},
		"elsewhere":      {&target.Target{System: system.Elsewhere(), Kind: target.Endpoint}, posture.Unknown},
		"ended":          {&target.Target{System: fixture.Tree(t, "-- proc/stat --\n"), Kind: target.Process, PID: 12}, posture.NotApplicable},
	} {
		t.Run(name, func(t *testing.T) {
			all := Probe.Look(t.Context(), tt.target)
			for _, s := range Probe.Specs {
				if o := fixture.Observation(t, all, s.ID); o.Absent != tt.want || o.Reason == "" {
					t.Errorf("%+v, want %s", o, tt.want)
				}
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("always [madvise] never")
	f.Add("32768\t60999")
	f.Add("8080,9000-9100")
	f.Add("Rss: 1 kB\nAnonHugePages:    131072 kB")
	f.Add("[] () [")
	f.Fuzz(func(t *testing.T, text string) {
		if word, err := chosen(text); err == nil && (word == "" || !strings.Contains(text, word)) {
			t.Errorf("chosen(%q) = %q", text, word)
		}
		if r, err := parsePorts(text); err == nil && (r.free() < 1 || r.free() > 65536) {
			t.Errorf("%q: %+v", text, r)
		}
		whole := portRange{first: 1024, last: 65535}
		if n, err := reserved(text, whole); err == nil && (n < 0 || n > whole.free()) {
			t.Errorf("%q: %d reserved", text, n)
		}
		if v, err := kibibytes(text, "AnonHugePages"); err == nil && !(v >= 0) {
			t.Errorf("%q: %v", text, v)
		}
	})
}
