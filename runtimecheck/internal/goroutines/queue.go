package goroutines

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/delta"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// mostThreads bounds the threads that are looked at: Go itself ends a program that has
// more than 10,000.
const mostThreads = 10_000

// A turn is how long a thread ran and waited for a CPU, in nanoseconds.
type turn struct {
	tid         int
	ran, waited float64
}

// queue observes how long threads waited for a CPU.
func queue(t *target.Target) posture.Observation {
	source := t.Proc("task/*/schedstat")
	turns, period, err := turnsOf(t)
	if err != nil {
		return system.Absent(runQueue, source, err)
	}
	var ran, waited float64
	for _, x := range turns {
		ran, waited = ran+x.ran, waited+x.waited
	}
	o := posture.Number(runQueue, 0, source, posture.Kernel)
	if ran+waited == 0 {
		o.Current = fmt.Sprintf("no thread was ready to run %s", period)
		return o
	}
	o.Value = 100 * waited / (ran + waited)
	o.Current = fmt.Sprintf("%.1f %% (%v, while threads ran %v) %s", o.Value, duration(waited), duration(ran), period)
	turns = slices.DeleteFunc(turns, func(x turn) bool { return x.waited == 0 })
	slices.SortFunc(turns, func(a, b turn) int {
		return cmp.Or(cmp.Compare(b.waited, a.waited), cmp.Compare(a.tid, b.tid))
	})
	o.Details = list(turns, func(x turn) string {
		return fmt.Sprintf("thread %d waited %v, ran %v", x.tid, duration(x.waited), duration(x.ran))
	})
	return o
}

// turnsOf reads the counters of all threads, as grown since the look before. A thread
// that has ended takes its counters with it.
func turnsOf(t *target.Target) (turns []turn, period string, err error) {
	proc, err := t.System.Proc()
	if err != nil {
		return nil, "", err
	}
	threads, err := proc.AllThreads(t.PID)
	if err != nil {
		return nil, "", err
	}
	_, again := t.Since(runQueue, 1)
	period = "since each was started"
	if again {
		period = t.Period()
	}
	var last error
	for _, p := range threads[:min(len(threads), mostThreads)] {
		s, err := p.Schedstat()
		if errors.Is(err, syscall.ESRCH) || errors.Is(err, fs.ErrNotExist) {
			last = err
			continue // it has ended
		}
		if err != nil {
			return nil, "", err
		}
		name := runQueue + " " + strconv.Itoa(p.PID)
		ran, _ := delta.Counter(t, name+" ran", float64(s.RunningNanoseconds))
		waited, _ := delta.Counter(t, name+" waited", float64(s.WaitingNanoseconds))
		turns = append(turns, turn{tid: p.PID, ran: ran, waited: waited})
	}
	if len(turns) == 0 {
		return nil, "", last
	}
	return turns, period, nil
}

// duration writes nanoseconds with a precision that a reader wants.
func duration(ns float64) time.Duration {
	d := time.Duration(ns)
	if d < time.Millisecond {
		return d
	}
	return d.Round(100 * time.Microsecond)
}
