package check

import (
	"context"
	"io"

	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// A Surveyed is all that a run has found.
type Surveyed struct {
	*report.Report
	Result *engine.Result
	// Unshown are findings that are not reported as long as nothing says that their
	// code is hot, or their tier is not asked for.
	Unshown []finding.Finding
}

// Survey is [Report] for a caller that remembers what was found.
func Survey(ctx context.Context, o Options, notes io.Writer) (*Surveyed, error) {
	o.Format = "text"
	r := &run{Options: o, streams: Streams{Err: notes}, engine: engine.Run}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	rep, res, err := r.analyse(ctx)
	if err != nil {
		return nil, err
	}
	return &Surveyed{rep, res, r.policy.Apply(res.Findings).Unshown}, nil
}
