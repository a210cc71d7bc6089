package check

import (
	"context"
	"fmt"
	"io"

	"github.com/lagvet/lagvet/cmd/internal/fix"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// diff prints what the plan would change, and nothing else on standard output,
// so that it can be piped into patch.
func (r *run) diff(rep *report.Report, plan *fix.Plan) (code int, err error) {
	err = r.write(r.streams, func(w io.Writer, _ bool) error {
		_, err := io.WriteString(w, plan.Diff(r.here))
		return err
	})
	if err != nil {
		return report.Usage, err
	}
	fmt.Fprintf(r.streams.Err, "This diff fixes %d of %s.\n", len(plan.Fixed), count(len(rep.Findings), "finding"))
	r.left(plan)
	return rep.ExitCode(), report.Problems(r.streams.Err, rep, false)
}

// mend carries the plan out and returns the report of what is found after it.
func (r *run) mend(ctx context.Context, rep *report.Report, plan *fix.Plan) (*report.Report, error) {
	files, err := plan.Write()
	if files > 0 {
		fmt.Fprintf(r.streams.Err, "Fixed %s in %s.\n", count(len(plan.Fixed), "finding"), count(files, "file"))
	}
	r.left(plan)
	if err != nil || files == 0 {
		return rep, err
	}
	rep, _, err = r.analyse(ctx)
	return rep, err
}

// left says which fixes were not applied, and why.
func (r *run) left(plan *fix.Plan) {
	for _, l := range plan.Left {
		f := l.Finding
		fmt.Fprintf(r.streams.Err, "%s:%d:%d: not fixed: %s (%s)\n", report.Short(r.here, f.Start.File), f.Start.Line, f.Start.Column, l.Reason, f.Rule)
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
