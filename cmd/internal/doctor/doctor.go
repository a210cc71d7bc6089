package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/posture"
	"github.com/lagvet/lagvet/runtimecheck/remote"
)

// Run looks, prints to out, and returns the exit code. What could not be looked at is
// said on errs. An error is one of usage.
func Run(ctx context.Context, o Options, out, errs io.Writer) (code int, err error) {
	if err := o.valid(); err != nil {
		return report.Usage, err
	}
	if o.List {
		return report.Clean, list(out, o.Format)
	}
	p, err := posture.Load(o.Profile)
	if err != nil {
		return report.Usage, err
	}
	if err := o.validFor(p); err != nil {
		return report.Usage, err
	}
	if o.PrintProfile {
		return report.Clean, printProfile(out, p)
	}
	plan := o.plan()
	targets, err := plan.Targets()
	if err == nil {
		err = o.validReports(targets)
	}
	if err != nil {
		return report.Usage, err
	}
	d := &doctor{Options: o, targets: targets, out: out}
	d.inspector, err = o.open(p)
	if err == nil {
		err = d.inspector.Only(o.Only...)
	}
	if err == nil {
		err = d.run(ctx)
	}
	if unwritten, ok := errors.AsType[*unwritten](err); ok {
		return report.Usage, unwritten
	}
	if err != nil {
		o.explain(errs, ctx, err)
		return report.Unchecked, nil
	}
	code = exitCode(d.last, o.FailOn)
	if reason := blind(d.last); reason != "" {
		fmt.Fprintf(errs, "could not check: nothing was seen of what was asked for: %s\n", reason)
	}
	return code, nil
}

// validFor finds fault with the profile, and with addresses. Opened without a process,
// neither the machine nor a service is asked anything yet: nothing else can be wrong.
func (o Options) validFor(p *posture.Profile) error {
	if o.URL == "" {
		_, err := runtimecheck.Host(p)
		return err
	}
	_, err := remote.Open(remote.Options{URL: o.URL, MetricsURL: o.Metrics}, p)
	return err
}

// open returns what looks at the subject of the options.
func (o Options) open(p *posture.Profile) (*runtimecheck.Inspector, error) {
	switch {
	case o.URL != "":
		return remote.Open(remote.Options{URL: o.URL, MetricsURL: o.Metrics, PID: o.PID, Timeout: min(o.Timeout, perAnswer), Snapshots: o.Snapshots}, p)
	case o.PID != 0:
		return runtimecheck.Process(o.PID, p)
	}
	return runtimecheck.Host(p)
}

// perAnswer bounds each answer of a service, of which a look takes some.
const perAnswer = 5 * time.Second

// A doctor looks and prints.
type doctor struct {
	Options
	inspector *runtimecheck.Inspector
	targets   []output.Target
	out       io.Writer
	last      *posture.Report // of the last look
}

// unwritten is the error of a report that could not be written.
type unwritten struct{ error }

// run looks as often as is asked for. The error is that of a look, or [unwritten].
// Interrupted after a look, it ends without one.
func (d *doctor) run(ctx context.Context) error {
	r, err := d.look(ctx)
	if err == nil && d.Window > 0 {
		if err = pause(ctx, time.After(d.Window)); err == nil {
			r, err = d.look(ctx)
		}
	}
	if err != nil {
		return err
	}
	if err := d.print(r); err != nil {
		return &unwritten{err}
	}
	if d.Watch == 0 {
		return nil
	}
	return d.watch(ctx)
}

// watch looks again and again, after a first look.
func (d *doctor) watch(ctx context.Context) error {
	ticker := time.NewTicker(d.Watch)
	defer ticker.Stop()
	for n := 1; d.Count == 0 || n < d.Count; n++ {
		if pause(ctx, ticker.C) != nil {
			return nil
		}
		r, err := d.look(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := d.print(r); err != nil {
			return &unwritten{err}
		}
	}
	return nil
}

// pause waits for c.
func pause(ctx context.Context, c <-chan time.Time) error {
	select {
	case <-c:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errTooLong is the error of a look that took longer than it may.
var errTooLong = errors.New("it took longer than it may")

func (d *doctor) look(ctx context.Context) (*posture.Report, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, d.Timeout+d.Snapshots, errTooLong)
	defer cancel()
	return d.inspector.Inspect(ctx)
}

// explain says why there is no report, and what to do.
func (o Options) explain(w io.Writer, ctx context.Context, err error) {
	message, remedy := err.Error(), ""
	switch {
	case ctx.Err() != nil:
		message, remedy = "it was interrupted before the first look was done", "run it again"
	case errors.Is(err, errTooLong), errors.Is(err, context.DeadlineExceeded):
		message, remedy = fmt.Sprintf("a look took longer than %v", o.Timeout), "give it more with --timeout, or look at less with --only"
	case errors.Is(err, runtimecheck.ErrEnded):
		message, remedy = fmt.Sprintf("process %d ended while it was looked at", o.PID), "look at the one that runs now"
	case errors.Is(err, fs.ErrNotExist):
		message, remedy = fmt.Sprintf("there is no process %d", o.PID), "name one that runs here; in a container, by its number there"
	case errors.Is(err, fs.ErrPermission):
		message, remedy = fmt.Sprintf("process %d may not be looked at: %v", o.PID, err), "run lagvet as the user of the process, or as root"
	case errors.Is(err, errors.ErrUnsupported):
		remedy = "run lagvet on Linux; elsewhere a service can look at itself, with package runtimecheck"
	}
	fmt.Fprintf(w, "could not check: %s\n", message)
	if remedy != "" {
		fmt.Fprintf(w, "    mend: %s\n", remedy)
	}
}

// blind returns why a report has seen nothing at all, though there was something to see,
// and else "". Such a report must not pass for clean: a service that does not answer has
// no check that fails.
func blind(r *posture.Report) string {
	reason := ""
	for _, c := range r.Checks {
		if c.Current != "" {
			return ""
		}
		// What the program itself does not say tells more than that its machine is
		// out of sight.
		if c.Verdict == posture.Unknown && (reason == "" || c.Grade == posture.Runtime) {
			reason = c.Why
		}
	}
	return reason
}

// exitCode returns the code of a report. FAIL counts unless nothing does, and what
// could not be looked at wins, as in docs/exit-codes.md.
func exitCode(r *posture.Report, failOn []string) int {
	if slices.Contains(failOn, "never") {
		return report.Clean
	}
	if blind(r) != "" {
		return report.Unchecked
	}
	code := report.Clean
	for _, name := range append([]string{"fail"}, failOn...) {
		switch v := posture.Verdict(strings.ToUpper(name)); {
		case !r.Reaches(v):
		case v == posture.Unknown:
			return report.Unchecked
		default:
			code = report.Found
		}
	}
	return code
}
