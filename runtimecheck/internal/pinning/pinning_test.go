package pinning

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// process is a tree with a thread for each mask, 12, 13 and so on.
func process(masks ...string) string {
	var b strings.Builder
	for i, m := range masks {
		fmt.Fprintf(&b, "-- proc/12/task/%d/status --\nName:\tapp\nCpus_allowed_list:\t%s\n", 12+i, m)
	}
	return b.String()
}

const (
	// Eight CPUs, two caches, 4 to 7 set apart at boot.
	isolatedHost = `
-- sys/devices/system/cpu/online --
0-7
-- sys/devices/system/cpu/possible --
0-7
-- sys/devices/system/cpu/isolated --
4-7
-- sys/devices/system/cpu/nohz_full --
4-6
-- proc/cmdline --
BOOT_IMAGE=/vmlinuz quiet isolcpus=managed_irq,domain,4-7 nohz_full=4-6 rcu_nocbs=7-N
-- sys/devices/system/cpu/cpu0/cache/index0/level --
1
-- sys/devices/system/cpu/cpu0/cache/index0/shared_cpu_list --
0
-- sys/devices/system/cpu/cpu0/cache/index3/level --
3
-- sys/devices/system/cpu/cpu0/cache/index3/shared_cpu_list --
0-3
-- sys/devices/system/cpu/cpu0/cache/index2/level --
2
-- sys/devices/system/cpu/cpu0/cache/index2/shared_cpu_list --
0
-- sys/devices/system/cpu/cpu0/cache/uevent --
-- sys/devices/system/cpu/cpu4/cache/index3/level --
3
-- sys/devices/system/cpu/cpu4/cache/index3/shared_cpu_list --
4-7
`
	// CPUs 8 and 9 have a second cache for both, and no third.
	fewer = `
-- sys/devices/system/cpu/online --
0-9
-- sys/devices/system/cpu/cpu8/cache/index1/level --
1
-- sys/devices/system/cpu/cpu8/cache/index1/shared_cpu_list --
8
-- sys/devices/system/cpu/cpu8/cache/index2/level --
2
-- sys/devices/system/cpu/cpu8/cache/index2/shared_cpu_list --
8-9
`
	plainHost = `
-- sys/devices/system/cpu/possible --
0-7
-- sys/devices/system/cpu/isolated --

-- sys/devices/system/cpu/nohz_full --
(null)
-- proc/cmdline --
quiet rcu_nocbs
`
	kernelThreads = `
-- proc/2/comm --
kthreadd
-- proc/17/comm --
rcuop/0
-- proc/18/comm --
rcuog/4
-- proc/19/comm --
rcuos/3
-- proc/20/comm --
rcuop/x
-- proc/100/ --
`
)

func TestPinning(t *testing.T) {
	pinned := process("0-7", "4", "0-7", "5")
	tests := []struct {
		name  string
		files []string
		id    string
		want  string // "value: current", or "verdict: why"
	}{
		{"nobody is pinned", []string{process("0-3", "0-3")}, affinity, "1: 2 threads on CPUs 0-3"},
		{"two are", []string{pinned}, affinity, "3: 2 threads on CPUs 0-7, 2 pinned to CPUs 4-5"},
		{"one is off the others' CPUs", []string{process("0-3", "0-3", "7")}, affinity, "2: 2 threads on CPUs 0-3, 1 pinned to CPU 7"},

		{"nobody stacks", []string{process("0-3", "0-3")}, stacked, "NOT_APPLICABLE: no thread is pinned"},
		{"one each", []string{pinned}, stacked, "1: 1 pinned thread on CPU 4"},
		{"two on one", []string{process("0-7", "4", "5", "5")}, stacked, "2: 2 pinned threads on CPU 5"},
		{"three on two", []string{process("0-7", "4-5", "5", "4-5", "6-7")}, stacked, "1.5: 3 pinned threads on CPUs 4-5"},

		{"all share", []string{pinned}, shared, "2: 2 of 2 pinned CPUs: 4-5"},
		{"none shares", []string{process("0-3", "0-3", "7")}, shared, "0: 0 of 1 pinned CPUs"},

		{"unpinned isolation", []string{isolatedHost, process("0-3")}, isolated, "NOT_APPLICABLE: no thread is pinned: 1 thread may run on CPUs 0-3"},
		{"all isolated", []string{isolatedHost, pinned}, isolated, "0: 0 of 2 pinned CPUs; isolated: CPUs 4-7"},
		{"one is not", []string{isolatedHost, process("0-3", "3", "7")}, isolated, "1: 1 of 2 pinned CPUs: 3; isolated: CPUs 4-7"},
		{"nothing isolated", []string{plainHost, pinned}, isolated, "2: 2 of 2 pinned CPUs: 4-5; isolated: no CPU"},

		{"no tick", []string{isolatedHost, pinned}, nohzFull, "0: 0 of 2 pinned CPUs; without a tick: CPUs 4-6"},
		{"a tick", []string{isolatedHost, process("0-3", "7")}, nohzFull, "1: 1 of 1 pinned CPUs: 7; without a tick: CPUs 4-6"},
		{"nohz_full unused", []string{plainHost, pinned}, nohzFull, "2: 2 of 2 pinned CPUs: 4-5; without a tick: no CPU"},
		{"not compiled in", []string{pinned}, nohzFull, "NOT_APPLICABLE: /sys/devices/system/cpu/nohz_full does not exist"},

		{"callbacks taken", []string{isolatedHost, process("0-3", "4", "7")}, rcuNocbs, "0: 0 of 2 pinned CPUs; without RCU callbacks: CPUs 4-7"},
		{"callbacks left", []string{plainHost, pinned}, rcuNocbs, "2: 2 of 2 pinned CPUs: 4-5; without RCU callbacks: no CPU"},
		{"taken by default", []string{plainHost, kernelThreads, process("0-7", "0", "3")}, rcuNocbs, "0: 0 of 2 pinned CPUs; without RCU callbacks: CPUs 0,3"},
		{"one left by default", []string{plainHost, kernelThreads, process("0-7", "0", "4")}, rcuNocbs, "1: 1 of 2 pinned CPUs: 4; without RCU callbacks: CPUs 0,3"},
		{"a wrong parameter", []string{plainHost, "-- proc/cmdline --\nrcu_nocbs=0-9999\n", pinned}, rcuNocbs, "UNKNOWN: /proc/cmdline cannot be read: rcu_nocbs= of the command line"},

		{"balanced", []string{isolatedHost, process("0-3", "0-3", "7")}, balanced, "0: 0 of 3 threads; isolated: CPUs 4-7"},
		{"on isolated CPUs", []string{isolatedHost, process("2-5", "2-5", "7")}, balanced, "2: 2 of 3 threads; isolated: CPUs 4-7"},
		{"nothing to balance", []string{plainHost, pinned}, balanced, "NOT_APPLICABLE: no CPU is isolated"},

		{"one cache", []string{isolatedHost, process("1-3", "0")}, cache, "NOT_APPLICABLE: /sys/devices/system/cpu/cpu*/cache"},
		{"the first cache", []string{isolatedHost, process("0-3", "7")}, cache, "1: CPUs 0-3, behind 1 last-level cache"},
		{"two caches", []string{isolatedHost, pinned}, cache, "2: CPUs 0-7, behind 2 last-level caches"},

		{"a CPU with fewer caches", []string{isolatedHost, fewer, process("4-9")}, cache, "2: CPUs 4-9, behind 2 last-level caches"},
		{"garbled caches", []string{isolatedHost, "-- sys/devices/system/cpu/cpu0/cache/index3/shared_cpu_list --\n4\n", process("0-3")}, cache, "UNKNOWN: /sys/devices/system/cpu/cpu*/cache/index*/shared_cpu_list cannot be read"},

		{"locks unseen", []string{pinned}, locked, "UNKNOWN: 2 threads pinned, and a mask without a lock pins nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: fixture.Tree(t, tt.files...), Kind: target.Process, PID: 12}), tt.id)
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

// What the kernel says of a thread counts, not its status.
func TestKernelFirst(t *testing.T) {
	s := fixture.Tree(t, process("0-7", "0-7"))
	s.Kernel = fixture.Kernel{Affinities: map[int][]int{12: {0, 1, 2}, 13: {1}}}
	o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: s, Kind: target.Self, PID: 12}), affinity)
	if want := "2: 1 thread on CPUs 0-2, 1 pinned to CPU 1"; said(o) != want {
		t.Errorf("observed %s, want %s", said(o), want)
	}
	if len(o.Details) != 2 || o.Details[1] != "CPU 1: 1 thread (13)" {
		t.Errorf("details %q", o.Details)
	}
}

// In the process itself the numbers of all processes are not gone through.
func TestSelfAsksTheCommandLine(t *testing.T) {
	s := fixture.Tree(t, plainHost, kernelThreads, process("0-7", "0"))
	o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: s, Kind: target.Self, PID: 12}), rcuNocbs)
	if o.Value != 1 || o.Source != commandLine || o.Grade != posture.Declared {
		t.Errorf("observed %+v", o)
	}
}

// All specs have one observation, whatever can be seen.
func TestAbsent(t *testing.T) {
	for name, tt := range map[string]struct {
		target target.Target
		err    error
		files  string
		want   posture.Verdict
	}{
		"a process that has ended": {target.Target{Kind: target.Process, PID: 12}, syscall.ESRCH, process("0"), posture.Unknown},
		"no such process":          {target.Target{Kind: target.Process, PID: 12}, nil, "", posture.NotApplicable},
	} {
		t.Run(name, func(t *testing.T) {
			tt.target.System = fixture.Tree(t, tt.files)
			tt.target.Kernel = fixture.Kernel{Err: tt.err}
			seen := Probe.Look(t.Context(), &tt.target)
			for _, s := range specs {
				if o := fixture.Observation(t, seen, s.ID); o.Absent != tt.want || o.Reason == "" {
					t.Errorf("observed %+v", o)
				}
			}
		})
	}
}

// What runs behind an endpoint is not taken for a process of this machine.
func TestElsewhere(t *testing.T) {
	seen := Probe.Look(t.Context(), &target.Target{System: system.Elsewhere(), Kind: target.Endpoint})
	for _, s := range specs {
		if o := fixture.Observation(t, seen, s.ID); o.Absent != posture.Unknown || o.Mend == "" {
			t.Errorf("observed %+v", o)
		}
	}
}

func TestHost(t *testing.T) {
	seen := Probe.Look(t.Context(), &target.Target{System: fixture.Tree(t, isolatedHost), Kind: target.Host})
	for id, want := range map[string]string{
		isolated: "NOT_APPLICABLE: isolated: CPUs 4-7;",
		nohzFull: "NOT_APPLICABLE: without a tick: CPUs 4-6;",
		rcuNocbs: "NOT_APPLICABLE: without RCU callbacks: CPUs 4-7;",
	} {
		if o := fixture.Observation(t, seen, id); !strings.HasPrefix(said(o), want) {
			t.Errorf("observed %s, want %s", said(o), want)
		}
	}
}

const stacks = `goroutine 1 [running]:
main.main()
	main.go:3 +0x1d

goroutine 18 [select, 5 minutes, locked to thread]:
main.loop()
	loop.go:3 +0x1d

goroutine 19 [select, locked to thread]:
runtime.gopark()
runtime.ensureSigM.func1()

goroutine 20 [chan receive]:
main.say("goroutine 4 [running, locked to thread]:")
`

func TestIsLocked(t *testing.T) {
	for head, want := range map[string]bool{
		"goroutine 18 [select, locked to thread]:":                                      true,
		"goroutine 18 [select, 5 minutes, locked to thread]:":                           true,
		"goroutine 18 gp=0xc000 m=3 mp=0xc008 [syscall, locked to thread]:":             true,
		`goroutine 18 [select, locked to thread, synctest bubble 1 labels:{"a": "b"}]:`: true,
		`goroutine 18 [running, locked to thread labels:{"a": "b"}]:`:                   true,
		`goroutine 18 [running labels:{"a": ", locked to thread, ]:"}]:`:                false,
		"goroutine 18 [select]:":                                                        false,
		"main.main()":                                                                   false,
		"":                                                                              false,
	} {
		if isLocked(head) != want {
			t.Errorf("%s: want %v", head, want)
		}
	}
}

func TestLocked(t *testing.T) {
	answer := func(text string, err error) func(context.Context, string) ([]byte, error) {
		return func(_ context.Context, path string) ([]byte, error) {
			if path != "goroutine?debug=2" {
				t.Errorf("%s is asked for", path)
			}
			return []byte(text), err
		}
	}
	for name, tt := range map[string]struct {
		snapshots bool
		pprof     func(context.Context, string) ([]byte, error)
		files     string
		want      string
	}{
		"one of two":    {true, answer(stacks, nil), process("0-7", "4", "5"), "1: 2 pinned threads, 1 locked goroutine"},
		"one of one":    {true, answer(stacks, nil), process("0-7", "4"), "0: 1 pinned thread, 1 locked goroutine"},
		"an error":      {true, answer("", errors.New("timeout")), process("0-7", "4"), "UNKNOWN: the endpoint does not tell: timeout"},
		"not asked for": {false, answer(stacks, nil), process("0-7", "4"), "UNKNOWN: 1 thread pinned,"},
		"no endpoint":   {true, nil, process("0-7", "4"), "UNKNOWN: 1 thread pinned"},
		"none pinned":   {true, answer(stacks, nil), process("0-7"), "NOT_APPLICABLE: no thread is pinned"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &target.Target{System: fixture.Tree(t, tt.files), Kind: target.Process, PID: 12, Pprof: tt.pprof}
			if tt.snapshots {
				p.Goroutines = func(context.Context) ([]target.Site, error) { return nil, nil }
			}
			o := fixture.Observation(t, Probe.Look(t.Context(), p), locked)
			if !strings.HasPrefix(said(o), tt.want) || o.Absent == "" && o.Grade != posture.Heuristic {
				t.Errorf("observed %s (%s), want %s", said(o), o.Grade, tt.want)
			}
		})
	}
}

// However stacks are garbled, there are no more goroutines than lines that start one.
func FuzzCountLocked(f *testing.F) {
	for _, s := range []string{stacks, "", "goroutine 1 [running, locked to thread]:", "\n\n\n", "goroutine \n\n, locked to thread]:", "goroutine 1 [a, locked to thread] {\"b\": \"c\"}:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n, most := countLocked(text), strings.Count(text, "locked to thread"); n > most {
			t.Errorf("%d locked goroutines in %q", n, text)
		}
	})
}
