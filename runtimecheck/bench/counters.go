package bench

import (
	"math"
	"runtime"
	"runtime/metrics"
	"slices"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/unit"
	"github.com/lagvet/lagvet/runtimecheck/internal/delta"
)

// counters are what the runtime and the kernel have counted up to an instant.
type counters struct {
	at      time.Time
	runtime []metrics.Sample
	kernel  map[kernelCounter]float64 // those that can be read
}

// A kernelCounter is one of the kernel's; times are in seconds.
type kernelCounter string

// The kernel's counters: of this process, and of all CPUs of the machine together.
const (
	voluntary   kernelCounter = "voluntary context switches"
	involuntary kernelCounter = "involuntary context switches"
	migrations  kernelCounter = "migrations"
	waited      kernelCounter = "time that threads waited for a CPU"
	held        kernelCounter = "time that the cgroup was held back"
	own         kernelCounter = "CPU time of this process"
	busy        kernelCounter = "CPU time of the machine in use"
	stolen      kernelCounter = "CPU time of the machine given to others"
	all         kernelCounter = "CPU time of the machine"
)

// The metrics of package runtime/metrics that are read. CPU times are estimates, to be
// compared with each other only, as their documentation says.
const (
	gcPauses  = "/sched/pauses/total/gc:seconds"
	latencies = "/sched/latencies:seconds"
	assist    = "/cpu/classes/gc/mark/assist:cpu-seconds"
	total     = "/cpu/classes/total:cpu-seconds"
)

func count() counters {
	c := counters{kernel: kernelCounters(), runtime: []metrics.Sample{
		{Name: gcPauses}, {Name: latencies}, {Name: assist}, {Name: total},
	}}
	metrics.Read(c.runtime)
	c.at = time.Now()
	return c
}

// A span is what happened between two instants.
type span struct {
	elapsed           time.Duration
	procs             int // GOMAXPROCS
	pauses, latencies delta.Histogram
	assist            float64 // share of CPU time; NaN if there was none to tell
	kernel            map[kernelCounter]float64
}

func between(before, after counters) span {
	s := span{elapsed: after.at.Sub(before.at), procs: runtime.GOMAXPROCS(0), kernel: make(map[kernelCounter]float64)}
	s.pauses = grown(before.histogram(gcPauses), after.histogram(gcPauses))
	s.latencies = grown(before.histogram(latencies), after.histogram(latencies))
	s.assist = (after.number(assist) - before.number(assist)) / (after.number(total) - before.number(total))
	for name, now := range after.kernel {
		if then, ok := before.kernel[name]; ok {
			s.kernel[name] = max(now-then, 0) // threads that have ended take their counts with them
		}
	}
	return s
}

func (c counters) sample(name string) metrics.Value {
	i := slices.IndexFunc(c.runtime, func(s metrics.Sample) bool { return s.Name == name })
	return c.runtime[i].Value
}

// number returns a metric, NaN if this release of Go does not have it.
func (c counters) number(name string) float64 {
	if v := c.sample(name); v.Kind() == metrics.KindFloat64 {
		return v.Float64()
	}
	return math.NaN()
}

func (c counters) histogram(name string) *metrics.Float64Histogram {
	if v := c.sample(name); v.Kind() == metrics.KindFloat64Histogram {
		return v.Float64Histogram()
	}
	return new(metrics.Float64Histogram)
}

func grown(before, after *metrics.Float64Histogram) delta.Histogram {
	h := delta.Histogram{Counts: make([]float64, len(after.Counts)), Edges: after.Buckets}
	for i, n := range after.Counts {
		if i < len(before.Counts) {
			n -= before.Counts[i]
		}
		h.Counts[i] = float64(n)
		h.Total += float64(n)
	}
	return h
}

// counters reports what happened during n operations.
func (r *report) counters(s span, n int64) {
	if s.pauses.Total >= float64(p99.needs()) {
		r.metric(unit.GCPauseP99, upper(s.pauses.Quantile(0.99)))
	}
	r.metric(unit.GCPauseMax, upper(s.pauses.Max()))
	if n > 0 {
		r.metric(unit.GCPauseTotal, sum(s.pauses)/float64(n))
	}
	if !math.IsNaN(s.assist) && !math.IsInf(s.assist, 0) {
		r.metric(unit.Assist, 100*s.assist)
	}
	if s.latencies.Total >= float64(p99.needs()) {
		r.metric(unit.SchedP99, upper(s.latencies.Quantile(0.99)))
	}
	r.kernel(s)
}

// kernel reports what the kernel has counted.
func (r *report) kernel(s span) {
	seconds := s.elapsed.Seconds()
	for _, k := range []struct {
		name kernelCounter
		unit string
		per  float64
	}{
		{voluntary, unit.Voluntary, seconds},
		{involuntary, unit.Involuntary, seconds},
		{migrations, unit.Migrations, seconds},
		{held, unit.Throttled, 1e-9},
	} {
		if v, ok := s.kernel[k.name]; ok {
			r.metric(k.unit, v/k.per)
		}
	}
	if _, ok := s.kernel[waited]; ok {
		r.metric(unit.RunQueue, s.queued())
	}
	if foreign, steal, ok := s.machine(); ok {
		r.metric(unit.Foreign, foreign)
		r.metric(unit.Steal, steal)
	}
}

// queued returns for how much of the time of the run on each P threads waited for a CPU,
// in percent.
func (s span) queued() float64 {
	return 100 * s.kernel[waited] / (s.elapsed.Seconds() * float64(s.procs))
}

// enoughCPU is the CPU time of the machine, in seconds, below which its shares are not
// told: it is counted in hundredths (USER_HZ), so that is to 2 %.
const enoughCPU = 0.5

// machine returns the share of the machine's CPU time that other programs used, and the
// one that the hypervisor gave to others, in percent.
func (s span) machine() (foreign, steal float64, ok bool) {
	every := s.kernel[all]
	if every < enoughCPU {
		return 0, 0, false
	}
	foreign = 100 * max(s.kernel[busy]-s.kernel[own], 0) / every
	return foreign, 100 * s.kernel[stolen] / every, true
}

// upper returns the end of an interval of seconds that a bucket of the runtime's stands
// for, in nanoseconds; of the last one, which has no end, the beginning.
func upper(low, high float64) float64 {
	if math.IsInf(high, 1) {
		high = low
	}
	return 1e9 * high
}

// sum adds up what a histogram of seconds holds, by the ends of its buckets, in
// nanoseconds.
func sum(h delta.Histogram) float64 {
	var ns float64
	for i, n := range h.Counts {
		if n > 0 {
			ns += n * upper(max(h.Edges[i], 0), h.Edges[i+1])
		}
	}
	return ns
}
