package load

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/load/process"
)

// What the generator itself costs: a target that does nothing. The latencies are those of
// the generator alone.
func BenchmarkNothing(b *testing.B) {
	nothing := Func(func(context.Context) error { return nil })
	for _, rate := range []float64{100, 1000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("rate=%g", rate), func(b *testing.B) {
			p := Plan{Phases: []Phase{{Name: "nothing", From: rate, To: rate, For: time.Duration(float64(b.N) / rate * 1e9)}}}
			b.ReportAllocs()
			w, watched := process.WatchAlone(os.Getpid(), time.Hour) // not everywhere
			r, err := Run(b.Context(), nothing, p)
			if err != nil {
				b.Fatal(err)
			}
			if watched == nil {
				s := w.Stop().Samples
				b.ReportMetric(float64(s[len(s)-1].CPU-s[0].CPU)/float64(b.N), "cpu-ns/op")
			}
			m := r.Phase("nothing")
			for _, q := range []float64{50, 99, 99.9} {
				if d, err := m.Lag.Percentile(q); err == nil {
					b.ReportMetric(float64(d), fmt.Sprintf("lag-p%g-ns", q))
				}
			}
			b.ReportMetric(m.Throughput(), "calls/s")
			b.ReportMetric(float64(m.Unsent), "unsent")
		})
	}
}
