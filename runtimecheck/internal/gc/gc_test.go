package gc

import (
	"context"
	"errors"
	"math"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// said is what a runtime says of itself.
type said struct {
	read map[string]target.Metric
	err  error
}

func (s said) Read(context.Context, ...string) (map[string]target.Metric, error) {
	return s.read, s.err
}
func (s said) Source(name string) string { return "runtime/metrics " + name }

// numbers are metrics of those values.
func numbers(pairs map[string]float64) said {
	s := said{read: make(map[string]target.Metric)}
	for name, v := range pairs {
		s.read[name] = target.Metric{Number: v}
	}
	return s
}

const unset = float64(math.MaxInt64)

// host has 16 GiB, and no control groups.
const host = `
-- proc/meminfo --
MemTotal:       16777216 kB
MemFree:         1000000 kB
`

// set is the environment of process 12, in files of its own for the byte 0.
func set(env ...string) string {
	return "-- proc/12/environ --\n" + strings.Join(env, "\x00") + "\x00\n"
}

func TestSettings(t *testing.T) {
	pod := fixture.Files(t, "../../cgroup/testdata/pod.txtar")[0]
	container := fixture.Files(t, "../../cgroup/testdata/container.txtar")[0]
	gib := float64(1 << 30)
	runs := func(percent, limit float64) target.Metrics {
		return numbers(map[string]float64{percentName: percent, limitName: limit})
	}
	inf := math.Inf(1)
	tests := []struct {
		name    string
		files   []string
		metrics target.Metrics
		id      string
		value   float64
		text    string
		current string // a part of it
		grade   posture.Grade
		atBest  bool
		absent  posture.Verdict
	}{
		{"pod", []string{host, pod}, runs(50, 3*gib), gogc, 50, "", "", posture.Runtime, false, ""},
		{"pod", []string{host, pod}, runs(50, 3*gib), memoryLimit, 75, "", "3 GiB of 4 GiB (75 %)", posture.Runtime, false, ""},
		{"pod", []string{host, pod}, runs(50, 3*gib), bound, 0, "both", "", posture.Runtime, false, ""},
		{"above the memory", []string{host, pod}, runs(50, 8*gib), memoryLimit, 200, "", "8 GiB of 4 GiB", posture.Runtime, false, ""},
		{"hidden groups", []string{host, container}, runs(100, 8*gib), memoryLimit, 50, "", "8 GiB of 16 GiB", posture.Runtime, true, ""},
		{"no groups", []string{host}, runs(100, 4*gib), memoryLimit, 25, "", "4 GiB of 16 GiB", posture.Runtime, true, ""},
		{"no meminfo", []string{pod}, runs(100, 4*gib), memoryLimit, 0, "", "", posture.Kernel, false, posture.Unknown},
		{"unset", []string{host, pod}, runs(100, unset), gogc, 100, "", "", posture.Runtime, false, ""},
		{"unset", []string{host, pod}, runs(100, unset), memoryLimit, inf, "", "none", posture.Runtime, false, ""},
		{"unset", []string{host, pod}, runs(100, unset), bound, 0, "GOGC", "", posture.Runtime, false, ""},
		{"off", []string{host, pod}, runs(math.MaxUint64, unset), gogc, inf, "", "off", posture.Runtime, false, ""},
		{"off", []string{host, pod}, runs(math.MaxUint64, unset), bound, 0, "nothing", "", posture.Runtime, false, ""},
		{"off as a float", []string{host, pod}, runs(-1, unset), bound, 0, "nothing", "", posture.Runtime, false, ""},
		{"off with a limit", []string{host, pod}, runs(math.MaxUint64, gib), bound, 0, "GOMEMLIMIT", "", posture.Runtime, false, ""},
		{"environment", []string{host, pod, set("A=b", "GOGC=30", "GOGC=40", "GOMEMLIMIT=1GiB")}, nil, gogc, 30, "", "", posture.Declared, false, ""},
		{"environment", []string{host, pod, set("A=b", "GOGC=30", "GOMEMLIMIT=1GiB")}, nil, memoryLimit, 25, "", "1 GiB of 4 GiB", posture.Declared, false, ""},
		{"endpoint is down", []string{host, pod, set("GOGC=off")}, said{err: errors.New("it hangs")}, bound, 0, "nothing", "", posture.Declared, false, ""},
		{"empty environment", []string{host, pod, set()}, nil, gogc, 100, "", "", posture.Declared, false, ""},
		{"nonsense", []string{host, pod, set("GOMEMLIMIT=much")}, nil, memoryLimit, 0, "", "", posture.Kernel, false, posture.Unknown},
		{"ended", []string{host}, nil, gogc, 0, "", "", posture.Kernel, false, posture.NotApplicable},
	}
	for _, tt := range tests {
		t.Run(tt.name+" "+tt.id, func(t *testing.T) {
			o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{
				System: fixture.Tree(t, tt.files...), Kind: target.Process, PID: 12, Metrics: tt.metrics}), tt.id)
			if o.Value != tt.value || o.Text != tt.text || !strings.Contains(o.Current, tt.current) || o.Grade != tt.grade ||
				(o.AtBest != "") != tt.atBest || o.Absent != tt.absent {
				t.Errorf("observed %+v", o)
			}
			if tt.absent != "" && o.Reason == "" {
				t.Error("it is not said why")
			}
			if tt.grade == posture.Declared && len(o.Details) == 0 {
				t.Error("it is not said that the program may differ")
			}
		})
	}
}

// Of a process behind an endpoint the limit is known, the memory is not: and no limit
// is too high for any memory.
func TestElsewhere(t *testing.T) {
	for limit, want := range map[float64]posture.Observation{
		unset:   {Value: math.Inf(1), Current: "none"},
		1 << 30: {Absent: posture.Unknown},
	} {
		tt := &target.Target{System: system.Elsewhere(), Kind: target.Endpoint, Metrics: numbers(map[string]float64{percentName: 100, limitName: limit})}
		o := fixture.Observation(t, Probe.Look(t.Context(), tt), memoryLimit)
		if o.Value != want.Value || o.Current != want.Current || o.Absent != want.Absent {
			t.Errorf("observed %+v", o)
		}
	}
}

// Without metrics each check says that the program must be asked.
func TestFromOutside(t *testing.T) {
	seen := Probe.Look(t.Context(), &target.Target{System: fixture.Tree(t, host), Kind: target.Process, PID: 12})
	for _, id := range []string{limiter, pauses, stopping, assist, cpu} {
		if o := fixture.Observation(t, seen, id); o.Absent != posture.Unknown || !strings.Contains(o.Mend, "--url") {
			t.Errorf("observed %+v", o)
		}
	}
}

func TestCosts(t *testing.T) {
	edges := []float64{math.Inf(-1), 0, 1e-4, 1.25e-4, 8e-4, 1e-3, math.Inf(1)}
	page := func(cycles, limited, total, gc, idle, assist float64, counts ...uint64) said {
		s := numbers(map[string]float64{
			percentName: 100, limitName: unset, cyclesName: cycles, limiterName: limited,
			totalName: total, gcName: gc, idleName: idle, assistName: assist,
		})
		h := target.Metric{Histogram: &metrics.Float64Histogram{Buckets: edges, Counts: counts}}
		s.read[pausesName], s.read[stoppingName] = h, h
		return s
	}
	looks := []struct {
		page said
		want map[string]posture.Observation
	}{
		{page(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), map[string]posture.Observation{
			pauses:  {Value: 0, Current: "no pauses since the start"},
			assist:  {Value: 0, Current: "no collection has ended since the start"},
			limiter: {Value: 0, Current: "never"},
		}},
		{page(10, 0, 200, 40, 10, 4, 0, 0, 19, 0, 1, 0), map[string]posture.Observation{
			pauses:   {Value: 1, Current: "p99 below 1ms, largest below 1ms, of 20 pauses in 10s"},
			stopping: {Value: 1, Current: "p99 below 1ms, largest below 1ms, of 20 pauses in 10s"},
			assist:   {Value: 2, Current: "2.00 % of the CPU time in 10s, by the runtime's estimate"},
			cpu:      {Value: 15, Current: "15.00 % of the CPU time in 10s, by the runtime's estimate"},
			limiter:  {Value: 0, Current: "never"},
		}},
		{page(12, 11, 300, 70, 10, 4, 0, 0, 39, 0, 1, 0), map[string]posture.Observation{
			pauses:  {Value: 0.125, Current: "p99 below 125µs, largest below 125µs, of 20 pauses in 10s"},
			assist:  {Value: 0, Current: "0.00 % of the CPU time in 10s, by the runtime's estimate"},
			cpu:     {Value: 30, Current: "30.00 % of the CPU time in 10s, by the runtime's estimate"},
			limiter: {Value: 11, Current: "in 10s, last in collection 11 of 12"},
		}},
		{page(20, 11, 300, 70, 10, 4, 0, 0, 39, 0, 1, 0), map[string]posture.Observation{
			pauses:  {Value: 0, Current: "no pauses in 10s"},
			cpu:     {Value: 0, Current: "no collection has ended in 10s"},
			limiter: {Value: 0, Current: "not in 10s, before that in collection 11 of 20"},
		}},
	}
	tt := &target.Target{System: fixture.Tree(t, host), Kind: target.Process, PID: 12}
	for i, l := range looks {
		tt.Metrics = l.page
		tt.Begin(time.Unix(int64(1000+10*i), 0))
		seen := Probe.Look(t.Context(), tt)
		for id, want := range l.want {
			if o := fixture.Observation(t, seen, id); math.Abs(o.Value-want.Value) > 1e-9 || o.Current != want.Current || o.Grade != posture.Runtime {
				t.Errorf("look %d: observed %+v, want %+v", i, o, want)
			}
		}
	}
}

func TestParseBytes(t *testing.T) {
	for in, want := range map[string]float64{
		"": math.Inf(1), "off": math.Inf(1), "9223372036854775807": math.Inf(1),
		"0": 0, "1000": 1000, "1000B": 1000, "2KiB": 2048, "3MiB": 3 << 20, "4GiB": 4 << 30, "1TiB": 1 << 40,
	} {
		if got, err := parseBytes(in); got != want || err != nil {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"1GB", "1Gi", "GiB", "-1", "1.5GiB", "9223372036854775808", "9007199254740992KiB", "1 GiB", "B", "1KiBB"} {
		if got, err := parseBytes(in); err == nil {
			t.Errorf("%q: %v", in, got)
		}
	}
}

func TestParsePercent(t *testing.T) {
	for in, want := range map[string]float64{"off": math.Inf(1), "-5": math.Inf(1), "50": 50, "0": 0, "": 100, "much": 100, "99999999999": 100} {
		if got := parsePercent(in); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[float64]string{512: "512 B", 1536: "1.5 KiB", 3 << 30: "3 GiB", 1 << 50: "1024 TiB"} {
		if got := bytes(n); got != want {
			t.Errorf("%v: %s", n, got)
		}
	}
}

func FuzzParseBytes(f *testing.F) {
	for _, s := range []string{"off", "1GiB", "10B", "-1", "1e3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := parseBytes(s); err == nil && (v < 0 || math.IsNaN(v)) {
			t.Errorf("%q: %v", s, v)
		}
	})
}
