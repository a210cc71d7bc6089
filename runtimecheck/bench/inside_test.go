package bench

import (
	"errors"
	"math"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"

	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func TestOpAllocatesNothing(t *testing.T) {
	r := newRecorder()
	if n := testing.AllocsPerRun(1000, func() {
		op := r.op()
		op.Done()
	}); n != 0 {
		t.Errorf("an operation allocates %v times", n)
	}
}

func TestRecorder(t *testing.T) {
	a, b := newRecorder(), newRecorder()
	a.add(time.Second)
	b.add(time.Minute)
	b.add(100 * time.Hour)
	a.merge(b)
	if n := a.values.TotalCount(); n != 2 || a.beyond != 1 || a.largest != 100*time.Hour {
		t.Errorf("%d in range, %d beyond, the largest %v", n, a.beyond, a.largest)
	}
}

func TestNeeds(t *testing.T) {
	for p, want := range map[percentile]int64{p50: 10, p99: 500, p999: 5000} {
		if got := p.needs(); got != want {
			t.Errorf("%v needs %d operations, want %d", p, got, want)
		}
	}
}

func TestFitness(t *testing.T) {
	quiet := func() span {
		return span{elapsed: time.Second, procs: 2, kernel: map[kernelCounter]float64{all: 4, busy: 1.1, own: 1, stolen: 0.1, waited: 0.1, held: 0}}
	}
	for name, tt := range map[string]struct {
		counter kernelCounter
		value   float64
		want    string
	}{
		"quiet":             {held, 0, ""},
		"throttled":         {held, 0.034, "the CPU quota of the cgroup held it back for 34ms"},
		"other programs":    {busy, 1.6, "other programs used 15 % of the machine's CPU time"},
		"hypervisor":        {stolen, 1, "the hypervisor gave 25 % of the CPU time to others"},
		"run queue":         {waited, 0.5, "its threads waited for a CPU for 25 % of the time"},
		"too short to tell": {busy, 1.6, ""},
	} {
		s := quiet()
		s.kernel[tt.counter] = tt.value
		if name == "too short to tell" {
			s.kernel[all] = 0.4
		}
		if got := strings.Join(fitness(s, time.Millisecond), "; "); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	if got := fitness(quiet(), 223*time.Millisecond); len(got) != 1 || got[0] != "a goroutine that only slept woke 223ms late" {
		t.Errorf("a hiccup: %q", got)
	}
}

func TestBetween(t *testing.T) {
	at := time.Now()
	before := counters{at: at, kernel: map[kernelCounter]float64{migrations: 5, waited: 9}}
	after := counters{at: at.Add(time.Second), kernel: map[kernelCounter]float64{migrations: 7, waited: 8, stolen: 3}}
	for _, c := range []*counters{&before, &after} {
		c.runtime = []metrics.Sample{{Name: gcPauses}, {Name: latencies}, {Name: assist}, {Name: total}}
	}
	s := between(before, after)
	if s.kernel[migrations] != 2 || s.kernel[waited] != 0 {
		t.Errorf("the kernel's counters grew by %v", s.kernel)
	}
	if _, ok := s.kernel[stolen]; ok {
		t.Error("a counter that was not read before has grown")
	}
	// Nothing was read of the runtime: a release of Go without these metrics.
	if !math.IsNaN(s.assist) || s.pauses.Total != 0 {
		t.Errorf("of metrics that there are not: %+v", s)
	}
	if d := s.elapsed; d != time.Second {
		t.Errorf("%v passed", d)
	}
}

func TestGrown(t *testing.T) {
	edges := []float64{math.Inf(-1), 1e-6, 2e-6, math.Inf(1)}
	h := grown(&metrics.Float64Histogram{Counts: []uint64{1, 2, 3}, Buckets: edges},
		&metrics.Float64Histogram{Counts: []uint64{1, 6, 4}, Buckets: edges})
	if !slices.Equal(h.Counts, []float64{0, 4, 1}) || h.Total != 5 {
		t.Errorf("it grew by %v", h)
	}
	// Four of up to 2 µs, and one of at least that.
	if got := sum(h); math.Abs(got-5*2000) > 1 {
		t.Errorf("they sum up to %v ns", got)
	}
}

func TestWriteHeader(t *testing.T) {
	report := &posture.Report{Checks: []posture.Check{
		{ID: "kernel.release", Verdict: posture.Pass, Current: "6.1\n(of a\tkind)"},
		{ID: "kernel.governor", Verdict: posture.NotApplicable},
		{ID: "cgroup.cpu_quota", Verdict: posture.Unknown},
		{ID: "clock.source", Verdict: posture.Fail, Current: "hpet"},
		{ID: "noise.ksm", Verdict: posture.Warn, Current: "running"},
	}}
	for name, tt := range map[string]struct {
		report *posture.Report
		err    error
		want   map[string]string
	}{
		"a report": {report, nil, map[string]string{
			"kernel": "6.1 (of a kind)", "governor": "there is none", "quota": "not known", "clocksource": "hpet",
			"noise": "WARN noise.ksm", "posture": "FAIL clock.source, UNKNOWN cgroup.cpu_quota",
		}},
		"nothing amiss": {&posture.Report{}, nil, map[string]string{"posture": "as the profile latency requires"}},
		"no report":     {nil, errors.New("no\nway"), map[string]string{"posture": "not known: no way"}},
	} {
		var text strings.Builder
		writeHeader(&text, tt.report, tt.err)
		reader := benchfmt.NewReader(strings.NewReader(text.String()+"BenchmarkX 1 1 ns/op\n"), name)
		var got *benchfmt.Result
		for reader.Scan() {
			switch r := reader.Result().(type) {
			case *benchfmt.Result:
				got = r
			case *benchfmt.SyntaxError:
				t.Error(r)
			}
		}
		for key, want := range tt.want {
			if v := got.GetConfig(key); v != want {
				t.Errorf("%s: %s is %q, want %q", name, key, v, want)
			}
		}
	}
}
