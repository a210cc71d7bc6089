package goroutines

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/build"
	"github.com/lagvet/lagvet/runtimecheck/internal/delta"
	"github.com/lagvet/lagvet/runtimecheck/internal/metric"
	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const (
	count        = "goroutines.count"
	runnable     = "goroutines.runnable"
	schedLatency = "goroutines.sched_latency"
	runQueue     = "goroutines.run_queue"
	growth       = "goroutines.growth"
	sites        = "goroutines.sites"
	leaked       = "goroutines.leaked"
)

// Metrics of package runtime/metrics; those of single states and of created goroutines
// are there from Go 1.26 on.
const (
	countName    = "/sched/goroutines:goroutines"
	runnableName = "/sched/goroutines/runnable:goroutines"
	createdName  = "/sched/goroutines-created:goroutines"
	latencyName  = "/sched/latencies:seconds"
	procsName    = "/sched/gomaxprocs:threads"
)

// Probe looks at the goroutines of a program and at the threads that run them.
var Probe = probe.Probe{
	Name: "goroutines",
	Specs: []posture.Spec{{
		ID:   count,
		What: "goroutines, with those of the runtime itself",
		Why:  "each has a stack of 2 KB or more, which every collection scans",
		Go:   true,
	}, {
		ID:   runnable,
		What: "goroutines that wait for a P, for each of them",
		Why:  "what waits could run and may not: this is latency that no profile shows",
		Mend: "start fewer at once (a semaphore, errgroup.SetLimit), or give the program more CPUs",
		Go:   true,
	}, {
		ID:   schedLatency,
		What: "time that goroutines waited for a P, 99th percentile",
		Unit: "ms",
		Why:  "a goroutine that was woken stands in a queue before it answers",
		Mend: "break up what computes for long on all Ps, start fewer goroutines at once, or give the program more CPUs",
		Go:   true,
	}, {
		ID:   runQueue,
		What: "time that threads waited for a CPU, share of the time they were ready to run",
		Unit: "%",
		Why:  "all that a thread carries waits with it: its goroutine, and whoever waits for that; the Go scheduler does not know of it",
		Mend: "lower GOMAXPROCS to the CPUs there are, take neighbours off them, or give the program CPUs of its own (see pinning)",
		Go:   true,
	}, {
		ID:   growth,
		What: "goroutines that were started and did not end",
		Unit: "a minute",
		Why:  "goroutines that never end fill the memory, and each collection scans their stacks",
		Mend: "see where they were started: --snapshots 10s with --url; end them with the context of who started them",
		Go:   true,
	}, {
		ID:   sites,
		What: "most goroutines that one function was started in without ending",
		Why:  "goroutines that are started in one place and do not end are mostly a leak there",
		Mend: "end them with the context of who started them, or bound their number",
		Go:   true,
	}, {
		ID:   leaked,
		What: "goroutines that nothing can wake",
		Why:  "they wait for a channel or a lock that nobody else can reach, until the program ends",
		Mend: "receive what they send, close what they range over, or give the channel room for the answer",
		Go:   true,
	}},
	Look: look,
}

func look(ctx context.Context, t *target.Target) []posture.Observation {
	m := metric.Read(ctx, t, countName, runnableName, createdName, latencyName, procsName)
	return append(growing(ctx, t, m),
		number(m), ready(m), latency(t, m), queue(t),
		cannotWake(ctx, t))
}

func number(m metric.Set) posture.Observation {
	n, ok := m.Number(countName)
	if !ok {
		return m.Missing(count, countName)
	}
	return posture.Number(count, n, m.Source(countName), posture.Runtime)
}

func ready(m metric.Set) posture.Observation {
	v, missing := m.Numbers(runnableName, procsName)
	if missing != "" {
		return m.Missing(runnable, missing)
	}
	o := posture.Number(runnable, v[0]/math.Max(v[1], 1), m.Source(runnableName), posture.Runtime)
	o.Current = fmt.Sprintf("%.0f for %.0f Ps, at one moment", v[0], v[1])
	return o
}

func latency(t *target.Target, m metric.Set) posture.Observation {
	h, ok := m.Histogram(latencyName)
	if !ok {
		return m.Missing(schedLatency, latencyName)
	}
	return delta.Of(t, schedLatency, h.Histogram).Durations(schedLatency, "waits", m.Source(latencyName))
}

// growing observes by how much goroutines have grown in number since the look before,
// or, of a first look that may watch, since its begin.
func growing(ctx context.Context, t *target.Target, m metric.Set) []posture.Observation {
	first := numberOf(m)
	if t.Over() > 0 || t.Window <= 0 {
		return []posture.Observation{first.since(t, m), snapshots(ctx, t, nil, t.Over())}
	}
	before := snapshot(ctx, t)
	begin := time.Now()
	wait(ctx, t.Window)
	t.Refresh()
	m = metric.Read(ctx, t, countName, createdName)
	over := time.Since(begin)
	second := numberOf(m)
	second.since(t, m) // for the look after this one
	return []posture.Observation{grown(first, second, m, over), snapshots(ctx, t, &before, over)}
}

// wait returns after a time, or when the context ends.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// numbers are how many goroutines there are, and were ever started.
type numbers struct {
	now, created  float64
	known, starts bool
}

func numberOf(m metric.Set) numbers {
	var n numbers
	n.now, n.known = m.Number(countName)
	n.created, n.starts = m.Number(createdName)
	return n
}

// since compares with the look before.
func (n numbers) since(t *target.Target, m metric.Set) posture.Observation {
	if !n.known {
		return m.Missing(growth, countName)
	}
	before := n
	if n.starts {
		created, ok := t.Since(growth+" created", n.created)
		before.created, before.starts = n.created-created, ok
	}
	change, _ := t.Since(growth, n.now) // it may fall, unlike a counter
	before.now = n.now - change
	if _, again := t.Since(growth+" looks", 1); !again {
		o := posture.Hidden(growth, m.Source(countName), "growth is seen between two looks")
		o.Mend = "look twice: --watch 30s"
		return o
	}
	return grown(before, n, m, t.Over())
}

func grown(before, after numbers, m metric.Set, over time.Duration) posture.Observation {
	if !before.known || !after.known {
		return m.Missing(growth, countName)
	}
	more := after.now - before.now
	o := posture.Number(growth, more/math.Max(over.Minutes(), 1e-6), m.Source(countName), posture.Runtime)
	o.Current = fmt.Sprintf("%+.0f in %v, to %.0f", more, over.Round(time.Millisecond), after.now)
	if before.starts && after.starts && after.created >= before.created {
		started := after.created - before.created
		o.Current += fmt.Sprintf(" (%.0f started, %.0f ended)", started, started-more)
	}
	return o
}

// cannotWake observes the goroutines of the profile goroutineleak.
func cannotWake(ctx context.Context, t *target.Target) posture.Observation {
	const source = "pprof's profile goroutineleak"
	if t.Leaked == nil {
		return unasked(t, leaked, source)
	}
	found, err := t.Leaked(ctx)
	if errors.Is(err, target.ErrNoProfile) {
		return posture.None(leaked, source, "the program has no such profile: Go 1.26 has it with GOEXPERIMENT=goroutineleakprofile")
	}
	if err != nil {
		return posture.Hidden(leaked, source, err.Error())
	}
	sum := 0
	for _, s := range found {
		sum += s.Count
	}
	o := posture.Number(leaked, float64(sum), source, posture.Runtime)
	o.Details = list(found, func(s target.Site) string { return fmt.Sprintf("%d of %s", s.Count, s.Start) })
	return o
}

// unasked is the observation of what is only looked at if asked for.
func unasked(t *target.Target, id, source string) posture.Observation {
	if _, err := build.Read(t); errors.Is(err, build.ErrNotGo) {
		return posture.None(id, t.Proc("exe"), err.Error())
	}
	o := posture.Hidden(id, source, "it is only looked for if asked: a snapshot of all goroutines stops the world for a moment")
	o.Mend = "--snapshots 10s, with --url http://host:port/debug/pprof"
	return o
}
