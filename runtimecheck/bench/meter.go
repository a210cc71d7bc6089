package bench

import (
	"fmt"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/bench/hiccup"
	"github.com/lagvet/lagvet/runtimecheck/bench/unit"
)

// A Meter measures the operations of one run of a benchmark. One goroutine may use it;
// see [RunParallel] for more.
type Meter struct {
	b        *testing.B
	recorder *recorder
	overhead float64 // of an operation, in nanoseconds
	idle     *hiccup.Meter
	before   counters
	stopped  bool
}

// Start begins to measure. It resets b's timer, so that what comes before it is not in the
// benchmark's time; what a benchmark does in each of its runs, it must do in the first one
// too.
func Start(b *testing.B) *Meter {
	b.Helper()
	m := start(b)
	m.begin()
	return m
}

func start(b *testing.B) *Meter {
	b.Helper()
	if underBench() {
		printHeader()
	}
	return &Meter{b: b, recorder: newRecorder(), overhead: overhead()}
}

// begin sets the counters and the timer going.
func (m *Meter) begin() {
	m.b.Helper()
	idle, err := hiccup.Start(hiccup.Options{})
	if err != nil {
		m.b.Fatalf("measuring how late an idle goroutine wakes: %v", err)
	}
	m.idle = idle
	m.before = count()
	m.b.Cleanup(m.Stop)
	m.b.ResetTimer()
}

// Op begins an operation.
func (m *Meter) Op() Op { return m.recorder.op() }

// Stop ends the measurement and reports it; b's timer stops. It does so once, and when the
// benchmark ends if nobody has called it.
func (m *Meter) Stop() {
	if m.stopped {
		return
	}
	m.stopped = true
	m.b.StopTimer()
	m.b.Helper()
	after := count()
	idle, err := m.idle.Stop()
	if err != nil {
		m.b.Errorf("measuring how late an idle goroutine woke: %v", err)
	}
	r := &report{b: m.b, final: final(m.b)}
	r.percentiles(m.recorder)
	r.metric(unit.Overhead, m.overhead)
	if idle.Goroutine.Count() >= p99.needs() {
		r.metric(unit.HiccupP99, float64(idle.Goroutine.Quantile(0.99)))
	}
	r.metric(unit.HiccupMax, float64(idle.Goroutine.Max()))
	s := between(m.before, after)
	r.counters(s, m.recorder.values.TotalCount())
	r.fitness(s, idle.Goroutine.Max())
}

// A report writes figures for a benchmark.
type report struct {
	b     *testing.B
	final bool // this is the run whose figures count
}

func (r *report) metric(name string, value float64) { r.b.ReportMetric(value, name) }

// say adds a line below that of the benchmark, which earlier runs with fewer operations
// have no part in.
func (r *report) say(format string, args ...any) {
	r.b.Helper()
	if r.final {
		r.b.Log(fmt.Sprintf(format, args...))
	}
}
