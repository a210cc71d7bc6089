package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck/bench/claims"
)

// Run measures claims, prints to out, and returns the exit code. How far it has come,
// and what could not be measured, is said on errs. child are the arguments with which
// this program calls [claims.Child]. An error is one of usage.
func Run(ctx context.Context, o Options, child []string, out, errs io.Writer) (code int, err error) {
	if err := o.valid(); err != nil {
		return report.Usage, err
	}
	chosen, err := o.chosen()
	if err != nil {
		return report.Usage, err
	}
	if o.List {
		return report.Clean, list(out, o.Format, chosen)
	}
	plan := o.plan()
	targets, err := plan.Targets()
	if err != nil {
		return report.Usage, err
	}
	exe, err := os.Executable()
	if err != nil {
		return couldNot(errs, fmt.Sprintf("where this program lies is not known: %v", err), "call lagvet by its path")
	}
	s := claims.Supervisor{Command: append([]string{exe}, child...), Size: o.size()}
	b := &Report{Time: time.Now(), Tool: report.ThisTool(), Machine: look(ctx), Size: s.Size}
	b.measure(ctx, chosen, s.Run, errs)
	if err := o.write(b, targets, out); err != nil {
		return report.Usage, err
	}
	if reason := b.nothing(); reason != "" {
		return couldNot(errs, reason, "let nothing else run on this machine, or name claims that it can measure (lagvet bench --list)")
	}
	if ctx.Err() != nil {
		return couldNot(errs, fmt.Sprintf("it was interrupted after %d of %d claims", len(b.Results), len(chosen)), "run it again for the others")
	}
	return report.Clean, nil
}

// couldNot says what could not be measured, and what to do. It returns no error: that
// would be one of usage.
func couldNot(errs io.Writer, what, mend string) (code int, err error) {
	fmt.Fprintf(errs, "could not check: %s\n    mend: %s\n", what, mend)
	return report.Unchecked, nil
}

// A Report is what was measured, on which machine.
type Report struct {
	Time    time.Time
	Tool    report.Tool
	Machine Machine
	Size    claims.Size
	Results []Entry
}

// An Entry is a claim and what came of it.
type Entry struct {
	claims.Claim
	Result claims.Result
}

// measure measures one claim after the other, and says on errs how far it has come. When
// it is interrupted, what was measured stays.
func (r *Report) measure(ctx context.Context, chosen []claims.Claim, run func(context.Context, claims.Claim) claims.Result, errs io.Writer) {
	fmt.Fprintf(errs, "measuring %d claims\n", len(chosen))
	for i, c := range chosen {
		result := run(ctx, c)
		if ctx.Err() != nil {
			return
		}
		r.Results = append(r.Results, Entry{c, result})
		fmt.Fprintf(errs, "%d/%d %s: %s (%.1f s)\n", i+1, len(chosen), c.ID, result.Verdict, result.Took)
		if result.Verdict == claims.Broken {
			fmt.Fprintf(errs, "    %s\n", result.Reason)
		}
	}
}

// nothing returns why nothing at all was measured, and "" if something was.
func (r *Report) nothing() string {
	if len(r.Results) == 0 {
		return "it was interrupted before the first claim was measured"
	}
	if slices.ContainsFunc(r.Results, func(e Entry) bool { return len(e.Result.Findings) > 0 }) {
		return ""
	}
	first := r.Results[0]
	return fmt.Sprintf("nothing was measured: %s: %s: %s", first.ID, first.Result.Verdict, first.Result.Reason)
}

// count returns how many claims have a verdict.
func (r *Report) count(v claims.Verdict) (n int) {
	for _, e := range r.Results {
		if e.Result.Verdict == v {
			n++
		}
	}
	return n
}

// write writes the report to every place that is asked for, also if one of them fails.
func (o Options) write(r *Report, targets []output.Target, out io.Writer) error {
	main := output.Target{Format: o.Format, File: o.Output}
	if main.File == "" {
		main.File = output.Stdout
	}
	var errs []error
	for _, t := range append([]output.Target{main}, targets...) {
		render := func(w io.Writer) error { return r.render(w, t.Format) }
		if t.File == output.Stdout {
			errs = append(errs, render(out))
		} else {
			errs = append(errs, output.File(t.File, render))
		}
	}
	return errors.Join(errs...)
}

// render writes the report in a format that is one of [Formats].
func (r *Report) render(w io.Writer, format string) error {
	switch format {
	case "json":
		return r.json(w)
	case "markdown":
		return r.markdown(w)
	case "benchfmt":
		return r.benchfmt(w)
	}
	return r.text(w)
}
