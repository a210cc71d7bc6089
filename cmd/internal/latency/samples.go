package latency

import (
	"fmt"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/tracereport"
	"github.com/lagvet/lagvet/runtimecheck/trace"
	"github.com/lagvet/lagvet/runtimecheck/trace/sampler"
)

// readSamples reads samples of the kernel's accounts for a report, if there are any.
// Those that were asked for must exist; what they do not tell is a failure.
func readSamples(r *tracereport.Report, from *samples, asked bool) ([]trace.Sample, error) {
	if from == nil {
		return nil, nil
	}
	f, err := from.open()
	if err != nil && asked {
		return nil, &usage{fmt.Errorf("reading samples of the kernel's accounts: %w", err)}
	}
	var log *sampler.Log
	if err == nil {
		defer f.Close()
		log, err = sampler.Read(f)
	}
	if err != nil {
		r.Failures = append(r.Failures, finding.Problem{
			Message: fmt.Sprintf("the kernel's part of the time is not told, for those of %s cannot be read: %v", from.name, err),
			Remedy:  "take them anew with package runtimecheck/trace/sampler, or move the file away from the trace",
		})
		return nil, nil
	}
	if log.Cut != "" {
		r.Notes = append(r.Notes, from.name+": "+log.Cut)
	}
	for _, u := range log.Unseen {
		r.Notes = append(r.Notes, from.name+": not sampled: "+u)
	}
	r.Throttles = throttles(log.Samples)
	return log.Samples, nil
}

// throttles returns the times between samples in which the cgroup was held back.
func throttles(samples []trace.Sample) []tracereport.Throttle {
	var ts []tracereport.Throttle
	for i := 1; i < len(samples); i++ {
		a, b := samples[i-1], samples[i]
		if grown := b.Throttled - a.Throttled; grown > 0 {
			ts = append(ts, tracereport.Throttle{Start: a.At, End: b.At, Throttled: grown})
		}
	}
	return ts
}
