package check

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// onlyCompiler leaves in res what is found only because the compiler was asked:
// another host reports the rest, and what is wrong with the source as well. What
// kept the go command from its work concerns both.
func (r *run) onlyCompiler(ctx context.Context, res *engine.Result) error {
	res.Problems = slices.DeleteFunc(res.Problems, func(p finding.Problem) bool { return filepath.Ext(p.File) == ".go" })
	if res.Cold == res.Packages {
		res.Findings = nil // nothing is hot, so the compiler was not asked
		return nil
	}
	opts := r.engineOptions()
	opts.NoCompiler, opts.NoCanary, opts.Progress = true, true, nil
	without, err := r.engine(ctx, opts)
	if err != nil {
		return err
	}
	known := make(map[hazard]bool)
	for _, f := range without.Findings {
		known[hazardOf(f)] = true
	}
	res.Findings = slices.DeleteFunc(res.Findings, func(f finding.Finding) bool { return known[hazardOf(f)] })
	return nil
}

// A hazard is what a finding is about, in whichever words.
type hazard struct {
	rule, function, cause, primitive string
	start                            finding.Place
}

func hazardOf(f finding.Finding) hazard {
	return hazard{f.Rule, f.Func, f.Cause, f.Primitive, f.Start}
}
