package gc

import (
	"context"
	"fmt"
	"math"

	"github.com/lagvet/lagvet/runtimecheck/internal/delta"
	"github.com/lagvet/lagvet/runtimecheck/internal/metric"
	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const (
	gogc        = "gc.gogc"
	memoryLimit = "gc.memory_limit"
	bound       = "gc.bound"
	limiter     = "gc.limiter"
	pauses      = "gc.pauses"
	stopping    = "gc.stopping"
	assist      = "gc.assist"
	cpu         = "gc.cpu"
)

// Metrics of package runtime/metrics.
const (
	percentName  = "/gc/gogc:percent"
	limitName    = "/gc/gomemlimit:bytes"
	limiterName  = "/gc/limiter/last-enabled:gc-cycle"
	cyclesName   = "/gc/cycles/total:gc-cycles"
	pausesName   = "/sched/pauses/total/gc:seconds"
	stoppingName = "/sched/pauses/stopping/gc:seconds"
	assistName   = "/cpu/classes/gc/mark/assist:cpu-seconds"
	idleName     = "/cpu/classes/gc/mark/idle:cpu-seconds"
	gcName       = "/cpu/classes/gc/total:cpu-seconds"
	totalName    = "/cpu/classes/total:cpu-seconds"
)

// Probe looks at the garbage collector of a Go program.
var Probe = probe.Probe{
	Name: "gc",
	Specs: []posture.Spec{{
		ID:   gogc,
		What: "GOGC: by how much the heap grows between collections",
		Unit: "%",
		Why:  "each halving doubles how often the heap is marked: more CPU time, and more assists of goroutines that allocate",
		Mend: "raise GOGC, or unset it, and set GOMEMLIMIT to bound the memory",
		Go:   true,
	}, {
		ID:   memoryLimit,
		What: "GOMEMLIMIT: share of the memory that there is",
		Unit: "%",
		Why:  "without a limit below what there is, a burst of allocation has the kernel kill the program that a collection would have saved",
		Mend: "set GOMEMLIMIT to some 90 % of the memory, less what is not Go's (C, mmap, other processes of the container)",
		Go:   true,
	}, {
		ID:   bound,
		What: "what bounds the heap",
		Why:  "with GOGC=off and no memory limit nothing is ever collected: the program ends when the memory does",
		Mend: "set GOMEMLIMIT, or GOGC to a number",
		Go:   true,
	}, {
		ID:   limiter,
		What: "collections in which the CPU limiter was on, how many cycles it has moved on",
		Why:  "the heap did not fit under the memory limit: collecting took half of the CPU time, and the limiter then let the heap grow beyond it",
		Mend: "raise GOMEMLIMIT, or let less live: the heap alone nearly fills it (/gc/heap/live:bytes)",
		Go:   true,
	}, {
		ID:   pauses,
		What: "pauses of the collector, 99th percentile",
		Unit: "ms",
		Why:  "no goroutine runs while the world is stopped",
		Mend: "see gc.stopping: if the pause is spent stopping, a thread was not running (a CPU quota, too few CPUs); else take a trace and look at what the pause does",
		Go:   true,
	}, {
		ID:   stopping,
		What: "time until all goroutines had stopped for the collector, 99th percentile",
		Unit: "ms",
		Why:  "it is part of the pause, and long only if a thread that runs Go code was not given a CPU, or ran on where it cannot be stopped",
		Mend: "look at cgroup throttling and goroutines.run_queue",
		Go:   true,
	}, {
		ID:   assist,
		What: "CPU time in which goroutines that allocate had to help marking",
		Unit: "%",
		Why:  "a goroutine that assists does nothing else: this is what requests wait for, more than for pauses",
		Mend: "allocate less in what is hot, or raise GOGC; near the memory limit raise that",
		Go:   true,
	}, {
		ID:   cpu,
		What: "CPU time of the collector, without what would have been idle",
		Unit: "%",
		Why:  "what collecting takes, requests do not have",
		Mend: "allocate less (pprof's allocs profile), or raise GOGC: twice the heap is half the cost",
		Go:   true,
	}},
	Look: look,
}

func look(ctx context.Context, t *target.Target) []posture.Observation {
	m := metric.Read(ctx, t, percentName, limitName, limiterName, cyclesName, pausesName, stoppingName,
		assistName, idleName, gcName, totalName)
	return append(setting(t, m),
		limited(t, m),
		durations(t, m, pauses, pausesName), durations(t, m, stopping, stoppingName),
		share(t, m, assist, assistName),
		share(t, m, cpu, gcName, idleName))
}

// durations observes a histogram of pauses.
func durations(t *target.Target, m metric.Set, id, name string) posture.Observation {
	h, ok := m.Histogram(name)
	if !ok {
		return m.Missing(id, name)
	}
	return delta.Of(t, id, h.Histogram).Durations(id, "pauses", m.Source(name))
}

// limited observes whether the limiter was on.
func limited(t *target.Target, m metric.Set) posture.Observation {
	v, missing := m.Numbers(limiterName, cyclesName)
	if missing != "" {
		return m.Missing(limiter, missing)
	}
	last, cycles := v[0], v[1]
	grown, period := delta.Counter(t, limiter, last)
	o := posture.Number(limiter, grown, m.Source(limiterName), posture.Runtime)
	switch {
	case last == 0:
		o.Current = "never"
	case grown == 0:
		o.Current = fmt.Sprintf("not %s, before that in collection %.0f of %.0f", period, last, cycles)
	default:
		o.Current = fmt.Sprintf("%s, last in collection %.0f of %.0f", period, last, cycles)
	}
	return o
}

// share observes how much of the CPU time a class had, less another that it contains.
func share(t *target.Target, m metric.Set, id, class string, less ...string) posture.Observation {
	v, missing := m.Numbers(append([]string{totalName, class}, less...)...)
	if missing != "" {
		return m.Missing(id, missing)
	}
	source := m.Source(class)
	total, period := delta.Counter(t, id+" "+totalName, v[0])
	part, _ := delta.Counter(t, id+" "+class, v[1])
	for i, name := range less {
		of, _ := delta.Counter(t, id+" "+name, v[2+i])
		part -= of
	}
	if total <= 0 {
		o := posture.Number(id, 0, source, posture.Runtime)
		o.Current = "no collection has ended " + period
		return o
	}
	// They are estimates: a part may come out as more than the whole, or below nothing.
	percent := math.Min(math.Max(100*part/total, 0), 100)
	o := posture.Number(id, percent, source, posture.Runtime)
	o.Current = fmt.Sprintf("%.2f %% of the CPU time %s, by the runtime's estimate", percent, period)
	return o
}
