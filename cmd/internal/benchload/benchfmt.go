package benchload

import (
	"fmt"
	"io"
	"runtime"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/lagvet/lagvet/runtimecheck/bench/load/policy"
)

// writeBenchfmt writes each phase as one run of a benchmark, for lagvet bench compare and
// benchstat. Percentiles that lie among failed calls have no number, and are left out; the
// share of failed calls tells.
func writeBenchfmt(w io.Writer, r *policy.Report) error {
	out := benchfmt.NewWriter(w)
	config := []benchfmt.Config{
		{Key: "goos", Value: []byte(runtime.GOOS), File: true},
		{Key: "goarch", Value: []byte(runtime.GOARCH), File: true},
		{Key: "load-target", Value: []byte(plain(r.Target)), File: true},
		{Key: "load-verdict", Value: []byte(r.Verdict), File: true},
	}
	better := &benchfmt.UnitMetadata{UnitMetadataKey: benchfmt.UnitMetadataKey{Unit: "answers/s", Key: "better"}, OrigUnit: "answers/s", Value: "higher"}
	if err := out.Write(better); err != nil {
		return fmt.Errorf("writing the benchmark format: %w", err)
	}
	for _, ph := range r.Phases {
		if ph.Warmup || ph.Due == 0 {
			continue
		}
		result := &benchfmt.Result{Config: config, Name: benchfmt.Name("Load/phase=" + word(ph.Name)), Iters: int(ph.Due), Values: values(ph)}
		if err := out.Write(result); err != nil {
			return fmt.Errorf("writing the benchmark format: %w", err)
		}
	}
	return nil
}

func values(ph policy.PhaseReport) []benchfmt.Value {
	var all []benchfmt.Value
	if mean := ph.Latency["mean"]; mean != nil {
		all = append(all, benchfmt.Value{Value: float64(*mean), Unit: "ns/op"})
	}
	for _, name := range append(policy.PercentileNames(), "max") {
		if n := ph.Latency[name]; n != nil {
			all = append(all, benchfmt.Value{Value: float64(*n), Unit: name + "-ns/op"})
		}
	}
	all = append(all,
		benchfmt.Value{Value: ph.Throughput, Unit: "answers/s"},
		benchfmt.Value{Value: 100 * float64(failed(ph)) / float64(ph.Due), Unit: "failed-%"})
	if ph.CPU != nil {
		all = append(all, benchfmt.Value{Value: 100 * *ph.CPU, Unit: "cpu-%"})
	}
	return all
}

// word makes a name one that stands in the name of a benchmark.
func word(s string) string {
	return strings.Map(func(c rune) rune {
		if c == ' ' || c == '/' || c == '\t' || c == '\n' {
			return '_'
		}
		return c
	}, plain(s))
}
