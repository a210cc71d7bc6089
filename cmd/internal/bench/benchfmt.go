package bench

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"

	"github.com/lagvet/lagvet/runtimecheck/bench/claims"
)

// benchfmt writes the readings in the format of Go benchmarks, a line for each round of
// each arm, for lagvet bench compare and benchstat.
func (r *Report) benchfmt(w io.Writer) error {
	b := benchfmt.NewWriter(w)
	for _, unit := range r.units() {
		if err := b.Write(unit); err != nil {
			return fmt.Errorf("writing the units: %w", err)
		}
	}
	for _, e := range r.Results {
		for _, a := range e.Result.Arms {
			for round := range a.Ops {
				if err := b.Write(r.line(e, a, round)); err != nil {
					return fmt.Errorf("writing the readings of %s: %w", e.ID, err)
				}
			}
		}
	}
	return nil
}

// units says of each unit which way is better; of those that describe, neither is.
func (r *Report) units() []*benchfmt.UnitMetadata {
	neither := []string{"counted/computed", "counted", "computed", "hit-%", "cycles", "step-ns"}
	var all []*benchfmt.UnitMetadata
	var seen []string
	for _, e := range r.Results {
		for _, a := range e.Result.Arms {
			for _, of := range a.Readings {
				if slices.Contains(seen, of.Unit) || slices.Contains(neither, of.Unit) {
					continue
				}
				seen = append(seen, of.Unit)
				better := "lower"
				if of.Unit == "op/s" {
					better = "higher"
				}
				_, tidy := benchunit.Tidy(1, of.Unit)
				all = append(all, &benchfmt.UnitMetadata{UnitMetadataKey: benchfmt.UnitMetadataKey{Unit: tidy, Key: "better"}, OrigUnit: of.Unit, Value: better})
			}
		}
	}
	return all
}

// line returns the readings of an arm in a round.
func (r *Report) line(e Entry, a claims.Arm, round int) *benchfmt.Result {
	line := &benchfmt.Result{
		Config: r.configuration(),
		Name:   benchfmt.Name(fmt.Sprintf("Claim/claim=%s/arm=%s", e.ID, word(a.Name))),
		Iters:  int(a.Ops[round]),
	}
	value := func(v float64, unit string) {
		tidied, tidy := benchunit.Tidy(v, unit)
		line.Values = append(line.Values, benchfmt.Value{Value: tidied, Unit: tidy, OrigValue: v, OrigUnit: unit})
	}
	for _, of := range a.Readings {
		value(of.Values[round], of.Unit)
	}
	if n := e.Result.Noise; n != nil {
		value(n.P99, "hiccup-p99-ns")
		value(n.Max, "hiccup-max-ns")
	}
	return line
}

// configuration says of which machine the readings are, by the keys of go test and of
// package runtimecheck/bench.
func (r *Report) configuration() []benchfmt.Config {
	m := r.Machine
	var all []benchfmt.Config
	for _, c := range []struct{ key, value string }{
		{"goos", m.OS}, {"goarch", m.Arch}, {"cpu", m.CPU}, {"go", m.Go}, {"gomaxprocs", fmt.Sprint(m.Gomaxprocs)},
		{"kernel", m.Kernel}, {"quota", m.Quota}, {"clocksource", m.Clock}, {"posture", m.asking()},
	} {
		if c.value != "" {
			all = append(all, benchfmt.Config{Key: c.key, Value: []byte(strings.Join(strings.Fields(c.value), " ")), File: true})
		}
	}
	return all
}

// word makes a name fit for the name of a benchmark, which has no white space, and in
// which a slash begins the next part.
func word(s string) string {
	return strings.NewReplacer(" ", "_", "/", "÷").Replace(s)
}
