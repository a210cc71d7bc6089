// Package selfmetrics reads what the Go runtime says of the program that it is part of:
// package runtime/metrics, as a [target.Metrics]. Reading them does not stop the world.
package selfmetrics

import (
	"context"
	"runtime/metrics"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// Metrics are those of this process.
type Metrics struct{}

// Read implements [target.Metrics]. What this release of Go does not have is left out.
func (Metrics) Read(_ context.Context, names ...string) (map[string]target.Metric, error) {
	samples := make([]metrics.Sample, len(names))
	for i, name := range names {
		samples[i].Name = name
	}
	metrics.Read(samples)
	read := make(map[string]target.Metric, len(names))
	for _, s := range samples {
		switch s.Value.Kind() {
		case metrics.KindUint64:
			read[s.Name] = target.Metric{Number: float64(s.Value.Uint64())}
		case metrics.KindFloat64:
			read[s.Name] = target.Metric{Number: s.Value.Float64()}
		case metrics.KindFloat64Histogram:
			read[s.Name] = target.Metric{Histogram: s.Value.Float64Histogram()}
		}
	}
	return read, nil
}

// Source implements [target.Metrics].
func (Metrics) Source(name string) string { return "runtime/metrics " + name }
