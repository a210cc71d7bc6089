package benchload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck/bench/load"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/policy"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// Run loads a service, prints to out, and returns the exit code. What could not be done is
// said on errs. An error is one of usage.
func Run(ctx context.Context, o Options, out, errs io.Writer) (code int, err error) {
	if err := o.valid(); err != nil {
		return report.Usage, err
	}
	if o.Example {
		if _, err := io.WriteString(out, Example); err != nil {
			return report.Usage, fmt.Errorf("printing the example: %w", err)
		}
		return report.Clean, nil
	}
	r, err := o.prepare(ctx)
	if err != nil {
		return report.Usage, err
	}
	rep, err := r.run(ctx)
	r.target.Close()
	if err != nil {
		explain(errs, r, err)
		return report.Unchecked, nil
	}
	if err := r.print(out, rep); err != nil {
		return report.Usage, err
	}
	if rep.Ended != "" {
		fmt.Fprintf(errs, "could not measure to the end: %s\n", plain(rep.Ended))
	}
	return exitCode(rep.Verdict), nil
}

// A run is one load.
type run struct {
	Options
	policy   *policy.Policy
	url      *url.URL
	target   target
	earlier  *policy.Earlier
	targets  []output.Target
	service  *service
	result   *load.Result
	readyURL *url.URL
}

// prepare reads all that the command line names.
func (o Options) prepare(ctx context.Context) (*run, error) {
	plan := o.plan()
	targets, err := plan.Targets()
	if err != nil {
		return nil, err
	}
	r := &run{Options: o, targets: targets}
	if r.policy, err = policy.Load(o.Policy); err != nil {
		return nil, err
	}
	if r.url, err = o.url(r.policy); err != nil {
		return nil, err
	}
	if r.earlier, err = r.policy.Earlier(); err != nil {
		return nil, err
	}
	if ready := r.policy.Command.Ready; ready != "" && len(o.Command) > 0 {
		if r.readyURL, err = url.Parse(ready); err != nil {
			return nil, fmt.Errorf("%s: command: ready: %w", o.Policy, err)
		}
	}
	if r.target, err = o.open(ctx, r.policy, r.url); err != nil {
		return nil, err
	}
	return r, nil
}

// run starts the service, if it is to, loads it, and stops it.
func (r *run) run(ctx context.Context) (*policy.Report, error) {
	machine, err := lookAtMachine(ctx)
	if err != nil {
		return nil, err
	}
	if len(r.Command) > 0 {
		if err := r.begin(ctx); err != nil {
			return nil, err
		}
		defer r.service.kill()
	} else if err := r.first(ctx); err != nil {
		return nil, err
	}
	e := policy.Evidence{Baseline: r.earlier}
	watch := r.watch(ctx)
	err = r.load(ctx, &e)
	watched := watch.stop(ctx, &e)
	if err != nil {
		return nil, err
	}
	r.end(&e)
	rep := r.policy.Report(e)
	rep.Tool, rep.Target, rep.Machine = tool(), r.url.Redacted(), machine
	watched.tell(rep)
	return rep, nil
}

// first makes one call before the load, so that a wrong address is not called for an
// hour. A service that answers, be it wrongly or too late, is loaded.
func (r *run) first(ctx context.Context) error {
	if err := r.target.Prepare(ctx); err != nil {
		return fmt.Errorf("the first call failed: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, r.timeout())
	defer cancel()
	err := r.target.Do(limited)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil:
		return nil
	}
	switch load.KindOf(err) {
	case load.Status, load.Timeout, load.Closed, load.Reset:
		return nil
	}
	return fmt.Errorf("the first call failed: %w", err)
}

func (r *run) timeout() time.Duration {
	if r.policy.Timeout > 0 {
		return time.Duration(r.policy.Timeout)
	}
	return load.DefaultTimeout
}

// begin starts the command and waits until it is ready.
func (r *run) begin(ctx context.Context) error {
	at := r.url
	if r.readyURL != nil {
		at = r.readyURL
	}
	probe, err := r.probe(ctx)
	if err != nil {
		return err
	}
	if err := taken(ctx, at); err != nil {
		return err
	}
	if r.service, err = start(r.Command); err != nil {
		return err
	}
	within := time.Duration(r.policy.Command.Within)
	if within == 0 {
		within = readyWithin
	}
	if err = r.service.ready(ctx, within, probe); err == nil {
		err = r.target.Prepare(ctx)
	}
	if err != nil {
		r.service.kill()
	}
	return err
}

// readyWithin is how long a command may take to be ready if the policy does not say.
const readyWithin = 30 * time.Second

// probe returns what tells that the service is ready.
func (r *run) probe(ctx context.Context) (func(context.Context) error, error) {
	if r.readyURL == nil {
		return func(ctx context.Context) error {
			if err := r.target.Prepare(ctx); err != nil {
				return err
			}
			return r.target.Do(ctx)
		}, nil
	}
	p := *r.policy
	p.Target = policy.Target{CA: p.Target.CA, Insecure: p.Target.Insecure}
	t, err := r.open(ctx, &p, r.readyURL)
	if err != nil {
		return nil, fmt.Errorf("command: ready: %w", err)
	}
	return t.Do, nil
}

// errDied is why a run ended whose command did.
var errDied = errors.New("the command ended of itself")

// load calls the service as the policy says.
func (r *run) load(ctx context.Context, e *policy.Evidence) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if r.service != nil {
		go func() {
			select {
			case <-r.service.over:
				cancel(errDied)
			case <-ctx.Done():
			}
		}()
	}
	plan := r.policy.Plan()
	plan.KeepHistograms = r.wants("hdr")
	done := r.tellProgress(plan)
	e.Result, err = load.Run(ctx, r.target, plan)
	done()
	if err != nil {
		return err
	}
	r.result = e.Result
	if errors.Is(e.Result.Ended, context.Canceled) {
		e.Result.Ended = errInterrupted
	}
	return nil
}

var errInterrupted = errors.New("it was interrupted")

// end notes how the command ended, or ends it.
func (r *run) end(e *policy.Evidence) {
	e.NoStop = "lagvet did not start the service"
	if r.service == nil {
		return
	}
	if e.Died = r.service.ended(); e.Died != "" {
		if e.Result.Ended == nil {
			e.Result.Ended = errDied // with the last calls
		}
		return
	}
	limit := killedAfter
	if r.policy.Pass.Stop != nil {
		limit = time.Duration(*r.policy.Pass.Stop)
	}
	// Connections that were made and never used would hold up http.Server.Shutdown.
	r.target.Close()
	e.Stop = r.service.stop(limit)
	if e.Stop == nil {
		e.NoStop = "on this system a process cannot be asked to end"
	}
}

func (r *run) wants(format string) bool {
	if r.Format == format {
		return true
	}
	for _, t := range r.targets {
		if t.Format == format {
			return true
		}
	}
	return false
}

// tellProgress says each second how far the load has come, until what it returns is called.
func (r *run) tellProgress(plan load.Plan) (done func()) {
	if r.Progress == nil {
		return func() {}
	}
	begin, stop, over := time.Now(), make(chan struct{}), make(chan struct{})
	ticker := time.NewTicker(time.Second)
	go func() {
		defer close(over)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				r.Progress("")
				return
			case <-ticker.C:
			}
			r.Progress(progress(plan, time.Since(begin)))
		}
	}()
	return func() { close(stop); <-over }
}

func progress(plan load.Plan, at time.Duration) string {
	whole, before := plan.Duration(), time.Duration(0)
	for _, ph := range plan.Phases {
		if before += ph.For; at < before {
			return fmt.Sprintf("%s, %v of %v", ph.Name, at.Round(time.Second), whole)
		}
	}
	return "waiting for the last answers"
}

// explain says why nothing was measured.
func explain(w io.Writer, r *run, err error) {
	message, remedy := err.Error(), "see that the service listens there: "+r.url.Redacted()
	if errors.Is(err, context.Canceled) {
		message, remedy = "it was interrupted before the load began", "run it again"
	}
	if len(r.Command) > 0 && remedy != "run it again" {
		remedy = "run the command by hand: " + strings.Join(r.Command, " ")
	}
	fmt.Fprintf(w, "could not measure: %s\n    mend: %s\n", plain(message), plain(remedy))
	if r.service != nil {
		printed(w, r.service)
	}
}

// printed shows what the command printed last.
func printed(w io.Writer, s *service) {
	text := strings.TrimRight(s.out.String(), "\n")
	if text == "" {
		fmt.Fprintln(w, "    the command printed nothing")
		return
	}
	fmt.Fprintln(w, "    the command printed last:")
	lines := strings.Split(text, "\n")
	for _, line := range lines[max(0, len(lines)-fewLines):] {
		fmt.Fprintf(w, "    | %s\n", plain(line))
	}
}

// fewLines is how much of a command's output is shown.
const fewLines = 20

func exitCode(v posture.Verdict) int {
	switch v {
	case posture.Pass:
		return report.Clean
	case posture.Fail:
		return report.Found
	}
	return report.Unchecked
}

// tool returns what a report says of the program that made it.
func tool() posture.Tool {
	t := report.ThisTool()
	return posture.Tool{Name: "lagvet", Version: t.Version, Commit: t.Commit, Go: t.Go}
}
