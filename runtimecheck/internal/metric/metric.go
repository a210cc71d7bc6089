// Package metric reads metrics of the Go runtime for probes, and says what to do where
// there are none: a program is seen from outside, or exports too few.
package metric

import (
	"context"
	"errors"
	"fmt"

	"github.com/lagvet/lagvet/runtimecheck/internal/build"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A Set is what was read of some metrics.
type Set struct {
	of   *target.Target
	from target.Metrics
	read map[string]target.Metric
	err  error
}

// Read reads metrics of a target by their names in package runtime/metrics.
func Read(ctx context.Context, t *target.Target, names ...string) Set {
	s := Set{of: t, from: t.Metrics}
	if s.from != nil {
		s.read, s.err = s.from.Read(ctx, names...)
	}
	return s
}

// Number returns the value of a metric that is no histogram.
func (s Set) Number(name string) (float64, bool) {
	m, ok := s.read[name]
	return m.Number, ok && m.Histogram == nil
}

// Numbers returns the values of metrics, if all are there.
func (s Set) Numbers(names ...string) (values []float64, missing string) {
	for _, name := range names {
		v, ok := s.Number(name)
		if !ok {
			return nil, name
		}
		values = append(values, v)
	}
	return values, ""
}

// Source says where a metric was read, for a reader.
func (s Set) Source(name string) string {
	if s.from == nil {
		return "runtime/metrics " + name
	}
	return s.from.Source(name)
}

// Missing is the observation of what needs a metric that was not read.
func (s Set) Missing(id, name string) posture.Observation {
	if s.from == nil {
		if _, err := build.Read(s.of); errors.Is(err, build.ErrNotGo) {
			return posture.None(id, s.of.Proc("exe"), err.Error())
		}
	}
	o := posture.Hidden(id, s.Source(name), "")
	o.Grade = posture.Runtime
	switch {
	case s.from == nil:
		o.Reason = "only the program itself can tell"
		o.Mend = "name its endpoint: --url http://host:port/debug/pprof, with /metrics beside it; or call runtimecheck.Check in the program"
	case s.err != nil:
		o.Reason = s.err.Error()
	default:
		o.Reason = fmt.Sprintf("the program does not say: there is no %s", name)
		o.Mend = "of client_golang export all: collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(collectors.MetricsAll)); some are newer than Go 1.25"
	}
	return o
}

// Histogram returns a metric that is a histogram.
func (s Set) Histogram(name string) (target.Metric, bool) {
	m, ok := s.read[name]
	return m, ok && m.Histogram != nil
}
