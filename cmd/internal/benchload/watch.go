package benchload

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/policy"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/process"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// profile is what the machine is judged by.
const profile = "latency"

// lookAtMachine returns what of the generator's machine is not as it should be.
func lookAtMachine(ctx context.Context) (*policy.Machine, error) {
	p, err := posture.Named(profile)
	if err != nil {
		return nil, err
	}
	i, err := runtimecheck.Host(p)
	if err != nil {
		return nil, err
	}
	r, err := i.Inspect(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking at this machine: %w", err)
	}
	return &policy.Machine{Profile: profile, Summary: r.Summary(), Checks: faults(r)}, nil
}

func faults(r *posture.Report) []posture.Check {
	all := []posture.Check{}
	for _, c := range r.Checks {
		if c.Verdict == posture.Warn || c.Verdict == posture.Fail {
			all = append(all, c)
		}
	}
	return all
}

// A watch looks at the service's process, and at the generator's own, during the load.
type watch struct {
	pid       int
	service   *process.Watcher
	noService string
	own       *process.Watcher
	groups    *runtimecheck.Inspector
}

// every is the time between two looks, so that short phases have some.
const every = 250 * time.Millisecond

// watch begins to look at the processes.
func (r *run) watch(ctx context.Context) *watch {
	w := &watch{pid: r.PID, noService: "the process of the service is not known"}
	if r.service != nil {
		w.pid = r.service.cmd.Process.Pid
	}
	w.own, _ = process.WatchAlone(os.Getpid(), every) // for the reader only
	if w.pid == 0 {
		return w
	}
	var err error
	if w.service, err = process.Watch(w.pid, every); err != nil {
		w.noService = err.Error()
		return w
	}
	w.groups = lookAtGroups(ctx, w.pid)
	return w
}

// throttled is the check that tells how often a process was held back.
const throttled = "cgroup.throttled"

// lookAtGroups returns what compares the counters of a process's groups with those of now,
// or nil if they cannot be seen.
func lookAtGroups(ctx context.Context, pid int) *runtimecheck.Inspector {
	p, err := posture.Named(profile)
	if err != nil {
		return nil
	}
	i, err := runtimecheck.Process(pid, p)
	if err == nil {
		err = i.Only(throttled)
	}
	if err == nil {
		_, err = i.Inspect(ctx)
	}
	if err != nil {
		return nil
	}
	return i
}

// A watched is what a watch saw besides the evidence.
type watched struct {
	own       *process.Usage
	throttled string
}

// stop ends the watch, and adds what was seen to the evidence.
func (w *watch) stop(ctx context.Context, e *policy.Evidence) watched {
	var seen watched
	if w.own != nil {
		seen.own = w.own.Stop()
	}
	e.NoUsage = w.noService
	if w.service != nil {
		e.Usage = w.service.Stop()
	}
	if w.groups != nil {
		// An interrupt ends the load, and not what is told of it.
		r, err := w.groups.Inspect(context.WithoutCancel(ctx))
		switch {
		case errors.Is(err, runtimecheck.ErrEnded):
		case err != nil:
			seen.throttled = "not known: " + err.Error()
		default:
			for _, c := range r.Checks {
				if c.ID == throttled {
					seen.throttled = c.Current
				}
			}
		}
	}
	return seen
}

// tell adds what was seen to a report.
func (w watched) tell(r *policy.Report) {
	if r.Process != nil {
		r.Process.Throttled = w.throttled
	}
	if w.own == nil || len(w.own.Samples) < 2 {
		return
	}
	first, last := w.own.Samples[0], w.own.Samples[len(w.own.Samples)-1]
	if long := last.At.Sub(first.At); long > 0 {
		used := (last.CPU - first.CPU).Seconds() / long.Seconds()
		r.Own.CPUs = &used
	}
}
