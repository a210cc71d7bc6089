package engine

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

// loading is the part of a unit that is no analyzer's.
const loading = "types and facts"

// readTimings reads what the tool left, nothing if it was not asked to.
func (c *check) readTimings() ([]vettool.Took, error) {
	if !c.opts.Timings {
		return nil, nil
	}
	f, err := os.Open(c.timingsFile())
	if err != nil {
		return nil, fmt.Errorf("reading what the analysis took: %w", err)
	}
	defer f.Close()
	return vettool.ReadTimings(f)
}

// timingsOf sums what units took by part. A unit of which the whole is not known, as
// its process was killed, has no time for what is no part.
func timingsOf(took []vettool.Took, asked packageSet) *finding.Timings {
	units := make(map[string]time.Duration) // what is left of the whole
	for _, t := range took {
		if t.Part == "" {
			units[t.Unit] += t.Time
		}
	}
	parts := make(map[string]*finding.Part)
	add := func(name string, d time.Duration) {
		p := parts[name]
		if p == nil {
			p = &finding.Part{Name: name}
			parts[name] = p
		}
		p.Own += d
		p.Packages++
	}
	for _, t := range took {
		if t.Part == "" {
			continue
		}
		add(t.Part, t.Time)
		if _, ok := units[t.Unit]; ok {
			units[t.Unit] -= t.Time
		}
	}
	ts := &finding.Timings{Clock: vettool.Clock, Analysed: len(units)}
	for unit, left := range units {
		add(loading, max(left, 0))
		if _, ok := asked.of(unit); ok {
			ts.Asked++
		}
	}
	describeParts(parts)
	for p := range maps.Values(parts) {
		ts.Total += p.Own
		ts.Parts = append(ts.Parts, *p)
	}
	slices.SortFunc(ts.Parts, func(a, b finding.Part) int {
		return cmp.Or(cmp.Compare(b.Own, a.Own), cmp.Compare(a.Name, b.Name))
	})
	return ts
}

// describeParts fills in what parts are, and which rules go by them.
func describeParts(parts map[string]*finding.Part) {
	for name, p := range parts {
		p.Kind = finding.FoundationPart
		if name == loading || name == vettool.Compiler {
			p.Kind = finding.OtherPart
		}
	}
	for _, r := range analyzers.Catalogue() {
		if p := parts[r.Analyzer.Name]; p != nil {
			p.Kind = finding.RulePart
		}
	}
	for _, r := range analyzers.Catalogue() {
		for name := range required(r.Analyzer) {
			if p := parts[name]; p != nil && p.Kind == finding.FoundationPart {
				p.Rules = append(p.Rules, r.Name)
			}
		}
	}
}

// required returns the names of all analyzers that a requires, directly or not.
func required(a *analysis.Analyzer) map[string]bool {
	names := make(map[string]bool)
	var visit func(*analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		for _, r := range a.Requires {
			if !names[r.Name] {
				names[r.Name] = true
				visit(r)
			}
		}
	}
	visit(a)
	return names
}
