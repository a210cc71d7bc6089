package latency

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/lagvet/lagvet/cmd/internal/check"
	"github.com/lagvet/lagvet/cmd/internal/evidence"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/cmd/internal/tracereport"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// join says which findings of lagvet check stand where the time of the tail went. The
// error is one of usage.
func (c *command) join(ctx context.Context, r *tracereport.Report) error {
	if len(c.Findings) == 0 {
		return nil
	}
	all, err := c.findings(ctx, r)
	if err != nil {
		return err
	}
	places := placesOf(r.Groups)
	shown, said := evidence.Shown(r.Source, places, bare(all))
	r.Failures = append(r.Failures, said.Problems...)
	r.Notes = append(r.Notes, said.Notes...)
	r.Shown = make(map[string][]int)
	number := make(map[int]int) // of those that are shown
	for i, p := range places {
		var of []int
		for _, n := range shown[i] {
			if _, ok := number[n]; !ok {
				number[n] = len(r.Findings)
				r.Findings = append(r.Findings, all[n])
			}
			of = append(of, number[n])
		}
		if len(of) > 0 {
			r.Shown[tracereport.PlaceOf(p.Component, p.Stack)] = of
		}
	}
	if len(said.Problems) == 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("of %d findings of lagvet check, %d stand where the time went", len(all), len(r.Findings)))
	}
	return nil
}

// findings returns what lagvet check finds, or has found.
func (c *command) findings(ctx context.Context, r *tracereport.Report) ([]tracereport.Finding, error) {
	var all []tracereport.Finding
	var patterns []string
	for _, name := range c.Findings {
		if fi, err := os.Stat(name); err != nil || !fi.Mode().IsRegular() {
			patterns = append(patterns, name)
			continue
		}
		rep, err := readReport(name)
		if err != nil {
			return nil, err
		}
		all = append(all, withSilenced(rep)...)
	}
	if len(patterns) == 0 {
		return all, nil
	}
	rep, err := check.Report(ctx, check.Options{Patterns: patterns}, c.errs)
	if err != nil {
		return nil, fmt.Errorf("--findings: %w", err)
	}
	r.Failures = append(r.Failures, rep.Problems...)
	return append(all, withSilenced(rep)...), nil
}

func readReport(name string) (rep *report.Report, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--findings: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if rep, err = report.ReadJSON(f); err != nil {
		return nil, fmt.Errorf("--findings: reading %s: %w", name, err)
	}
	return rep, nil
}

// withSilenced returns all findings of a report. Those that are silenced cost what they
// cost.
func withSilenced(rep *report.Report) []tracereport.Finding {
	var all []tracereport.Finding
	for _, f := range rep.Findings {
		all = append(all, tracereport.Finding{Finding: f})
	}
	for _, f := range rep.Silenced {
		silenced := tracereport.Finding{Finding: f}
		switch {
		case f.Allowed != nil:
			silenced.Silenced = "allow: " + f.Allowed.Reason
		case f.Excluded != nil:
			silenced.Silenced = "exclude: " + f.Excluded.Reason
		}
		all = append(all, silenced)
	}
	return all
}

func bare(fs []tracereport.Finding) []finding.Finding {
	out := make([]finding.Finding, 0, len(fs))
	for _, f := range fs {
		out = append(out, f.Finding)
	}
	return out
}

// placesOf returns where goroutines were in all slices and spans, each place once.
func placesOf(groups []trace.Group) []evidence.Place {
	var places []evidence.Place
	at := make(map[string]int)
	var add func(causes []trace.Cause)
	add = func(causes []trace.Cause) {
		for _, c := range causes {
			key := tracereport.PlaceOf(c.Component, c.Stack)
			n, ok := at[key]
			if !ok {
				n = len(places)
				at[key] = n
				places = append(places, evidence.Place{Component: c.Component, Stack: c.Stack})
			}
			places[n].Time += c.Time
			add(c.Behind)
		}
	}
	for _, g := range groups {
		for _, s := range g.Slices {
			add(s.Causes)
		}
		for _, s := range g.Slowest {
			add(s.Causes)
		}
	}
	return places
}
