package check

import (
	"context"
	"io"

	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// Survey is [Report] for a caller that remembers what there is to say: it returns
// what the engine found too.
func Survey(ctx context.Context, o Options, notes io.Writer) (*report.Report, *engine.Result, error) {
	o.Format = "text"
	r := &run{Options: o, streams: Streams{Err: notes}, engine: engine.Run}
	if err := r.prepare(); err != nil {
		return nil, nil, err
	}
	return r.analyse(ctx)
}
