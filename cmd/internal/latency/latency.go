package latency

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/cmd/internal/tracereport"
	"github.com/lagvet/lagvet/runtimecheck/posture"
	"github.com/lagvet/lagvet/runtimecheck/remote"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// Run reads, prints to out, and returns the exit code. What could not be read is said on
// errs. An error is one of usage.
func Run(ctx context.Context, o Options, out, errs io.Writer) (code int, err error) {
	if err := o.valid(); err != nil {
		return report.Usage, err
	}
	c := &command{Options: o, out: out, errs: errs}
	plan := o.plan()
	if c.targets, err = plan.Targets(); err != nil {
		return report.Usage, err
	}
	if c.filter, err = o.newFilter(); err != nil {
		return report.Usage, err
	}
	if c.limits, err = parseLimits(o.Most); err != nil {
		return report.Usage, err
	}
	if c.dir, err = os.Getwd(); err != nil {
		return report.Usage, fmt.Errorf("looking for the current directory: %w", err)
	}
	reports, err := c.read(ctx)
	if wrong, ok := errors.AsType[*usage](err); ok {
		return report.Usage, wrong.error
	}
	if err != nil {
		c.explain(ctx, err)
		return report.Unchecked, nil
	}
	return c.tell(ctx, reports)
}

// tell judges what was read, and prints it.
func (c *command) tell(ctx context.Context, reports []*tracereport.Report) (code int, err error) {
	last := reports[len(reports)-1]
	c.judge(last) // whatever is told of
	for _, r := range reports {
		c.keep(r)
	}
	if err := c.join(ctx, last); err != nil {
		if ctx.Err() != nil {
			c.explain(ctx, err)
			return report.Unchecked, nil
		}
		return report.Usage, err
	}
	if err := c.print(reports); err != nil {
		return report.Usage, err
	}
	return codeOf(reports), nil
}

// codeOf returns the exit code: what could not be told wins, as in docs/exit-codes.md.
// That the end of a trace was not read is told, and no failure: a flight recorder, or a
// process that was killed, leaves no other.
func codeOf(reports []*tracereport.Report) int {
	code := report.Clean
	for _, r := range reports {
		if len(r.Failures) > 0 {
			return report.Unchecked
		}
		for _, l := range r.Limits {
			if l.Exceeded() {
				code = report.Found
			}
		}
	}
	return code
}

// read reads each trace. The error is [usage], or says why one cannot be read.
func (c *command) read(ctx context.Context) ([]*tracereport.Report, error) {
	if c.URL != "" {
		recording, err := remote.NewRecording(c.URL)
		if err != nil {
			return nil, &usage{fmt.Errorf("--url: %w", err)}
		}
		fmt.Fprintf(c.errs, "taking a trace from %s\n", recording)
		in, err := c.record(ctx, recording)
		if err != nil {
			return nil, err
		}
		r, err := c.analyse(ctx, in)
		return []*tracereport.Report{r}, err
	}
	var reports []*tracereport.Report
	for _, file := range c.Files {
		in, err := c.open(file)
		if err != nil {
			return nil, err
		}
		r, err := c.analyse(ctx, in)
		if err != nil {
			return nil, err
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// analyse reads a trace, and the samples beside it, and closes it.
func (c *command) analyse(ctx context.Context, in *input) (_ *tracereport.Report, err error) {
	defer func() { err = errors.Join(err, in.close()) }()
	r := &tracereport.Report{Source: in.name, Tool: report.ThisTool(), Dir: c.dir, Top: c.Top}
	samples, err := readSamples(r, in.samples, c.Kernel != "")
	if err != nil {
		return nil, err
	}
	r.Report, err = trace.Analyze(ctx, in, trace.Options{Functions: c.Functions, Kernel: samples})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in.name, err)
	}
	if cut := r.Trace.Cut; cut != "" {
		fmt.Fprintf(c.errs, "%s: its end was not read: %s\n", posture.Plain(in.name), posture.Plain(cut))
	}
	return r, nil
}

// explain says why there is no report, and what to do.
func (c *command) explain(ctx context.Context, err error) {
	message, remedy := err.Error(), "take it with runtime/trace, from /debug/pprof/trace, or with a flight recorder, of Go 1.22 or later"
	switch {
	case ctx.Err() != nil:
		message, remedy = "it was interrupted before the trace was read", "run it again"
	case c.URL != "":
		remedy = "see that the service serves net/http/pprof there, and that nobody else takes a trace of it"
	}
	c.problem(finding.Problem{Message: message, Remedy: remedy})
}

func (c *command) problem(p finding.Problem) {
	fmt.Fprintf(c.errs, "could not check: %s\n", posture.Plain(p.Message))
	if p.Remedy != "" {
		fmt.Fprintf(c.errs, "    mend: %s\n", posture.Plain(p.Remedy))
	}
}
