package goroutines

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// page is what a runtime says of itself, in one look after the other.
type page []map[string]target.Metric

func (p *page) Refresh() { *p = (*p)[min(1, len(*p)-1):] }
func (p *page) Read(context.Context, ...string) (map[string]target.Metric, error) {
	return (*p)[0], nil
}
func (p *page) Source(name string) string { return "runtime/metrics " + name }

func says(numbers ...float64) map[string]target.Metric {
	m := make(map[string]target.Metric)
	for i, name := range []string{countName, createdName, runnableName, procsName} {
		if i < len(numbers) {
			m[name] = target.Metric{Number: numbers[i]}
		}
	}
	return m
}

// threads are what the kernel says of some threads of process 12: run and waiting time.
func threads(ns ...[2]int64) string {
	var b strings.Builder
	for i, n := range ns {
		fmt.Fprintf(&b, "-- proc/12/task/%d/schedstat --\n%d %d 100\n", 12+i, n[0], n[1])
	}
	return b.String()
}

func begin(t *target.Target, look int) { t.Begin(time.Unix(int64(1000+30*look), 0)) }

func TestLooks(t *testing.T) {
	const ms = 1_000_000
	wait := says(100, 1000, 6, 4)
	wait[latencyName] = target.Metric{Histogram: &metrics.Float64Histogram{
		Buckets: []float64{0, 0.008, 0.01, math.Inf(1)}, Counts: []uint64{0, 70, 0}}}
	looks := []struct {
		says map[string]target.Metric
		tree string
		want map[string]posture.Observation
	}{
		{wait, threads([2]int64{90 * ms, 10 * ms}, [2]int64{0, 0}), map[string]posture.Observation{
			count:        {Value: 100},
			runnable:     {Value: 1.5, Current: "6 for 4 Ps, at one moment"},
			schedLatency: {Value: 10, Current: "p99 below 10ms, largest below 10ms, of 70 waits since the start"},
			runQueue:     {Value: 10, Current: "10.0 % (10ms, while threads ran 90ms) since each was started"},
			growth:       {Absent: posture.Unknown},
			sites:        {Absent: posture.Unknown},
			leaked:       {Absent: posture.Unknown},
		}},
		{says(160, 2000), threads([2]int64{90 * ms, 10 * ms}, [2]int64{10 * ms, 30 * ms}), map[string]posture.Observation{
			growth:       {Value: 120, Current: "+60 in 30s, to 160 (1000 started, 940 ended)"},
			runQueue:     {Value: 75, Current: "75.0 % (30ms, while threads ran 10ms) in 30s"},
			runnable:     {Absent: posture.Unknown},
			schedLatency: {Absent: posture.Unknown},
		}},
		{says(150, 2010), threads([2]int64{90 * ms, 10 * ms}, [2]int64{10 * ms, 30 * ms}), map[string]posture.Observation{
			growth:   {Value: -20, Current: "-10 in 30s, to 150 (10 started, 20 ended)"},
			runQueue: {Value: 0, Current: "no thread was ready to run in 30s"},
		}},
		{says(155), "", map[string]posture.Observation{
			growth: {Value: 10, Current: "+5 in 30s, to 155"},
		}},
		{says(), "", map[string]posture.Observation{
			count:  {Absent: posture.Unknown},
			growth: {Absent: posture.Unknown},
		}},
		{says(155, 20), "", map[string]posture.Observation{
			growth: {Absent: posture.Unknown}, // the look before saw nothing
		}},
	}
	tt := &target.Target{System: fixture.Tree(t), Kind: target.Process, PID: 12}
	for i, l := range looks {
		fixture.Add(t, tt.System, l.tree)
		tt.Metrics = &page{l.says}
		begin(tt, i)
		seen := Probe.Look(t.Context(), tt)
		for id, want := range l.want {
			o := fixture.Observation(t, seen, id)
			if math.Abs(o.Value-want.Value) > 1e-9 || o.Current != want.Current || o.Absent != want.Absent {
				t.Errorf("look %d: observed %+v, want %+v", i, o, want)
			}
			if o.Absent != "" && (o.Reason == "" || o.Mend == "") {
				t.Errorf("look %d: it is not said why, or what to do: %+v", i, o)
			}
		}
	}
}

func TestQueue(t *testing.T) {
	for name, tt := range map[string]struct {
		system  *system.System
		current string
		absent  posture.Verdict
		details int
	}{
		"a thread has ended": {fixture.Tree(t, threads([2]int64{3, 1}), "-- proc/12/task/99/comm --\nold\n"), "25.0 % (1ns, while threads ran 3ns) since each was started", "", 1},
		"not compiled in":    {fixture.Tree(t, "-- proc/12/task/12/comm --\napp\n"), "", posture.NotApplicable, 0},
		"cut off":            {fixture.Tree(t, "-- proc/12/task/12/schedstat --\n12\n"), "", posture.Unknown, 0},
		"no process":         {fixture.Tree(t, "-- proc/13/comm --\n"), "", posture.NotApplicable, 0},
		"elsewhere":          {system.Elsewhere(), "", posture.Unknown, 0},
		"many threads":       {fixture.Tree(t, threads(slices.Repeat([][2]int64{{1, 1}}, 30)...)), "50.0 % (30ns, while threads ran 30ns) since each was started", "", most + 1},
	} {
		target := &target.Target{System: tt.system, Kind: target.Process, PID: 12}
		begin(target, 0)
		o := queue(target)
		if o.Current != tt.current || o.Absent != tt.absent || len(o.Details) != tt.details {
			t.Errorf("%s: observed %+v", name, o)
		}
	}
}

func site(start string, n int) target.Site {
	return target.Site{Start: start, Count: n, Waits: []string{fmt.Sprintf("%d in main.wait (main.go:3)", n)}}
}

// snaps answers with one snapshot after the other.
func snaps(all ...[]target.Site) func(context.Context) ([]target.Site, error) {
	return func(context.Context) ([]target.Site, error) {
		s := all[0]
		all = all[min(1, len(all)-1):]
		return s, nil
	}
}

// One look that may watch takes two snapshots; the next compares with its second.
func TestWindow(t *testing.T) {
	tt := &target.Target{System: fixture.Tree(t), Kind: target.Process, PID: 12, Window: time.Millisecond}
	tt.Metrics = &page{says(1), says(10, 100), says(25, 200), says(26, 300)}
	tt.Goroutines = snaps(
		[]target.Site{site("main.a", 5), site("main.b", 5)},
		[]target.Site{site("main.a", 5), site("main.b", 3), site("main.c", 8), site("main.d", 1)},
		[]target.Site{site("main.a", 6), site("main.c", 8)})
	tt.Leaked = snaps([]target.Site{site("main.c", 8), site("main.d", 1)})
	begin(tt, 0)
	seen := Probe.Look(t.Context(), tt)
	if o := fixture.Observation(t, seen, growth); !strings.HasPrefix(o.Current, "+15 in ") || !strings.HasSuffix(o.Current, ", to 25 (100 started, 85 ended)") || o.Value <= 0 {
		t.Errorf("observed %+v", o)
	}
	o := fixture.Observation(t, seen, sites)
	if o.Value != 8 || !strings.HasSuffix(o.Current, " of main.c") {
		t.Errorf("observed %+v", o)
	}
	want := []string{"+8 to 8 of main.c, now 8 in main.wait (main.go:3)", "+1 to 1 of main.d, now 1 in main.wait (main.go:3)"}
	if !slices.Equal(o.Details, want) {
		t.Errorf("the details are %q, want %q", o.Details, want)
	}
	if o := fixture.Observation(t, seen, leaked); o.Value != 9 || len(o.Details) != 2 || o.Details[0] != "8 of main.c" {
		t.Errorf("observed %+v", o)
	}

	begin(tt, 1)
	seen = Probe.Look(t.Context(), tt)
	if o := fixture.Observation(t, seen, growth); o.Current != "+1 in 30s, to 26 (100 started, 99 ended)" {
		t.Errorf("observed %+v", o)
	}
	if o := fixture.Observation(t, seen, sites); o.Value != 1 || o.Current != "+1 in 30s of main.a" {
		t.Errorf("observed %+v", o)
	}
	begin(tt, 2)
	if o := fixture.Observation(t, Probe.Look(t.Context(), tt), sites); o.Value != 0 || o.Current != "none grew in 30s" {
		t.Errorf("observed %+v", o)
	}
}

// A look whose context ends does not wait for its window.
func TestCancelled(t *testing.T) {
	tt := &target.Target{System: fixture.Tree(t), Kind: target.Process, PID: 12, Window: time.Hour, Metrics: &page{says(1)}}
	begin(tt, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if seen := Probe.Look(ctx, tt); len(seen) != len(Probe.Specs) {
		t.Errorf("observed %+v", seen)
	}
}

func TestSnapshotErrors(t *testing.T) {
	fails := func(err error) func(context.Context) ([]target.Site, error) {
		return func(context.Context) ([]target.Site, error) { return nil, err }
	}
	tt := &target.Target{System: fixture.Tree(t), Kind: target.Process, PID: 12,
		Goroutines: fails(errors.New("it hangs")), Leaked: fails(fmt.Errorf("404: %w", target.ErrNoProfile))}
	begin(tt, 0)
	seen := Probe.Look(t.Context(), tt)
	if o := fixture.Observation(t, seen, sites); o.Absent != posture.Unknown || o.Reason != "it hangs" {
		t.Errorf("observed %+v", o)
	}
	if o := fixture.Observation(t, seen, leaked); o.Absent != posture.NotApplicable || !strings.Contains(o.Reason, "GOEXPERIMENT=goroutineleakprofile") {
		t.Errorf("observed %+v", o)
	}
	tt.Leaked = fails(errors.New("it hangs"))
	if o := cannotWake(t.Context(), tt); o.Absent != posture.Unknown || o.Reason != "it hangs" {
		t.Errorf("observed %+v", o)
	}
}
