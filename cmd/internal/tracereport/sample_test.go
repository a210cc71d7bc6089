package tracereport

import (
	"fmt"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// hostile is text that every format must take for text.
const hostile = "</title></script><script>alert(1)</script> \"q\" 'q' | `c` @you #1 \\ \n\x1b[31m \u202egrößer 𝛼 & {{.}} $x$"

const ms = time.Millisecond

func frame(function, file string, line int) trace.Frame {
	return trace.Frame{Function: function, File: file, Line: line}
}

// waiting is the stack of a goroutine that waits for the lock of a store.
func waiting() []trace.Frame {
	return []trace.Frame{
		frame("internal/sync.(*Mutex).lockSlow", "/go/src/internal/sync/mutex.go", 149), frame("sync.(*Mutex).Lock", "/go/src/sync/mutex.go", 46),
		frame("example.com/app/store.(*Store).Put", "/src/app/store/store.go", 120), frame("example.com/app.serve", "/src/app/serve.go", 31),
	}
}

func flushing() []trace.Frame {
	return []trace.Frame{
		frame("syscall.fdatasync", "/go/src/syscall/zsyscall.go", 9), frame("os.(*File).Sync", "/go/src/os/file_posix.go", 191),
		frame("example.com/app/store.(*Flusher).flush", "/src/app/store/flush.go", 44), frame("example.com/app/store.(*Flusher).run", "/src/app/store/flush.go", 20),
	}
}

func encoding() []trace.Frame {
	return []trace.Frame{
		frame("runtime.mallocgc", "/go/src/runtime/malloc.go", 1), frame("encoding/json.Marshal", "/go/src/encoding/json/encode.go", 171),
		frame("example.com/app.serve", "/src/app/serve.go", 40),
	}
}

// locked is a cause of waiting for a lock whose holder waits for the disk.
func locked(t time.Duration, n int64) trace.Cause {
	return trace.Cause{
		Component: trace.Lock, Time: t, Count: n, Stack: waiting(),
		Behind: []trace.Cause{
			{Component: trace.Syscall, Time: t * 9 / 10, Count: n, Stack: flushing(), Role: "example.com/app/store.(*Flusher).run"},
			{Component: trace.Running, Time: t - t*9/10, Count: n, Stack: flushing()[2:]},
		},
	}
}

// request is a group whose tail is a lock.
func request() trace.Group {
	tail := func(name string, percentile float64, latency time.Duration, n int64) trace.Slice {
		whole := latency * time.Duration(n)
		lock, run := whole*61/100, whole*20/100
		return trace.Slice{
			Name: name, Percentile: percentile, Latency: latency, Count: n, Time: whole,
			Parts:  []trace.Part{{Component: trace.Lock, Time: lock}, {Component: trace.Running, Time: run}, {Component: trace.Network, Time: whole - lock - run}},
			Kernel: []trace.Part{{Component: trace.Throttled, Time: whole * 12 / 100}},
			Causes: []trace.Cause{
				locked(lock, n),
				{Component: trace.Running, Time: run, Count: 3 * n, Stack: encoding()},
				{Component: trace.Network, Time: whole - lock - run, Count: n, Stack: []trace.Frame{
					frame("internal/poll.(*FD).Read", "/go/src/internal/poll/fd_unix.go", 165), frame("net.(*conn).Read", "/go/src/net/net.go", 196),
					frame("example.com/app.serve", "/src/app/serve.go", 36)}, External: "network"},
			},
		}
	}
	return trace.Group{
		Kind: trace.Region, Name: "request", Count: 1234, Total: 3 * time.Second, OpenStart: 1, OpenEnd: 2,
		Slices: []trace.Slice{
			{Name: "P50", Percentile: 50, Latency: 1200 * time.Microsecond, Count: 246, Time: 296 * ms,
				Parts: []trace.Part{{Component: trace.Running, Time: 250 * ms}, {Component: trace.Network, Time: 46 * ms}}},
			tail("P99", 99, 48*ms, 13), tail("P99.9", 99.9, 96*ms, 2), tail("max", 100, 120*ms, 1),
		},
		Slowest: []trace.Span{span(120*ms, 17), span(72*ms, 33)},
	}
}

// span is one that works, waits for a lock and for the network, and works.
func span(took time.Duration, g int64) trace.Span {
	at := func(n int) time.Duration { return 2*time.Second + took*time.Duration(n)/100 }
	return trace.Span{
		Start: at(0), End: at(100), Goroutine: g,
		Parts:  []trace.Part{{Component: trace.Lock, Time: took * 61 / 100}, {Component: trace.Running, Time: took * 20 / 100}, {Component: trace.Network, Time: took * 19 / 100}},
		Kernel: []trace.Part{{Component: trace.Throttled, Time: took * 12 / 100}},
		Causes: []trace.Cause{locked(took*61/100, 1)},
		Timeline: []trace.Interval{
			{Start: at(0), End: at(15), Component: trace.Running, Stack: encoding()},
			{Start: at(15), End: at(76), Component: trace.Lock, By: 9, Stack: waiting()},
			{Start: at(76), End: at(95), Component: trace.Network, Stack: encoding()[2:]},
			{Start: at(95), End: at(100), Component: trace.Running},
		},
	}
}

// handler is a group of another kind, with what the first does not have.
func handler(i int) trace.Group {
	parts := []trace.Part{{Component: trace.Assist, Time: 40 * ms}, {Component: trace.Channel, Time: 35 * ms}, {Component: trace.StopTheWorld, Time: 5 * ms}}
	if i%2 == 1 {
		parts = []trace.Part{{Component: trace.Scheduler, Time: 50 * ms}, {Component: trace.Select, Time: 20 * ms}, {Component: trace.Undetermined, Time: 10 * ms}}
	}
	return trace.Group{
		Kind: trace.Handler, Name: fmt.Sprintf("GET /orders/%d", i), Count: 40, Total: 400 * ms, Slack: ms,
		Slices: []trace.Slice{
			{Name: "P50", Percentile: 50, Latency: 2 * ms, Count: 8, Time: 16 * ms, Parts: []trace.Part{{Component: trace.Running, Time: 16 * ms}}},
			{Name: "max", Percentile: 100, Latency: 80 * ms, Count: 1, Time: 80 * ms, Parts: parts, Causes: []trace.Cause{
				{Component: parts[0].Component, Time: parts[0].Time, Count: 7, Stack: encoding()},
				{Component: parts[1].Component, Time: parts[1].Time, Count: 1, Stack: []trace.Frame{frame("main.ask", "/src/app/main.go", 12)}, Behind: []trace.Cause{
					{Component: trace.Sleep, Time: parts[1].Time, Count: 1, Stack: []trace.Frame{frame("time.Sleep", "/go/src/time/sleep.go", 1), frame("main.worker", "/src/app/main.go", 30)}, External: "timer"}}},
			}},
		},
		Slowest: []trace.Span{span(80*ms, int64(100+i))},
	}
}

// sample has one group of each shape, findings, limits, and what could not be told.
func sample() *Report {
	lockblock := finding.Finding{Rule: "lockblock", Message: "Store.mu is held while (*os.File).Sync waits for a disk", Func: "(*example.com/app/store.Flusher).flush",
		Start: finding.Place{File: "/src/app/store/flush.go", Line: 44, Column: 9}, Fingerprint: "v1:0000000000000001"}
	hotalloc := finding.Finding{Rule: "hotalloc", Message: "the map is made anew", Start: finding.Place{File: "/src/app/serve.go", Line: 40}, Fingerprint: "v1:0000000000000002"}
	return &Report{
		Report: &trace.Report{
			Trace:    trace.Info{Go: "go1.26", Start: time.Second, End: 11200 * ms, Wall: time.Unix(1_700_000_000, 0), Events: 1234567, Generations: 9, Goroutines: 312, Procs: 4},
			Kernel:   &trace.Kernel{Samples: 1020, Interval: 10 * ms, Throttled: 1300 * ms, RunQueue: 400 * ms, Covered: 10 * time.Second},
			Groups:   []trace.Group{request(), handler(0), handler(1)},
			Problems: []trace.Problem{{Code: "open-at-start", Text: "spans began before the trace", N: 4}},
		},
		Source: "trace.out", Tool: report.Tool{Version: "v1.2.3", Go: "go1.26.8"}, Dir: "/src/app",
		Throttles: []Throttle{{Start: 2*time.Second + 20*ms, End: 2*time.Second + 30*ms, Throttled: 10 * ms}, {Start: 2*time.Second + 30*ms, End: 2*time.Second + 40*ms, Throttled: 2 * ms}},
		Findings:  []Finding{{Finding: lockblock}, {Finding: hotalloc, Silenced: "allow: once only"}},
		Shown:     map[string][]int{PlaceOf(trace.Syscall, flushing()): {0}, PlaceOf(trace.Assist, encoding()): {1}},
		Limits:    []Limit{{Group: "request", Percentile: "P99", Most: 5 * ms, Is: 48 * ms}, {Kind: trace.Region, Group: "request", Percentile: "P50", Most: 5 * ms, Is: 1200 * time.Microsecond}},
		Failures:  []finding.Problem{{Message: "there is no group \"login\"", Remedy: "name one that there is"}},
		Notes:     []string{"a note"},
	}
}

// evil is the sample with hostile names wherever a program or a user can give one.
func evil() *Report {
	r := sample()
	r.Source, r.Trace.Cut = hostile, hostile
	g := &r.Groups[0]
	g.Name = hostile
	for i := range g.Slices {
		if cs := g.Slices[i].Causes; len(cs) > 0 {
			cs[0].Stack = []trace.Frame{frame("main."+hostile, "/src/"+hostile+".go", 1)}
			cs[0].Behind[0].Role, cs[0].Behind[0].Stack = hostile, nil
			cs[1].External = hostile
		}
	}
	g.Slowest[0].Timeline[1].Stack = g.Slices[1].Causes[0].Stack
	r.Problems[0].Text, r.Failures[0].Message, r.Failures[0].Remedy, r.Notes[0] = hostile, hostile, hostile, hostile
	r.Findings[0].Rule, r.Findings[0].Message, r.Findings[0].Start.File, r.Findings[1].Silenced = "lockblock", hostile, hostile, hostile
	r.Shown = map[string][]int{PlaceOf(trace.Lock, g.Slices[1].Causes[0].Stack): {0, 1}}
	r.Limits[0].Group = hostile
	return r
}
