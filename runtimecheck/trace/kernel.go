package trace

import "time"

// A Sample is what the kernel has charged a process with by a moment. Each figure but
// At counts up from an origin of its own: growth between two samples is what tells.
type Sample struct {
	At time.Duration // CLOCK_MONOTONIC: the clock of the trace on Linux

	// Of the cgroup with the quota, from cpu.stat: throttled_usec of version 2,
	// throttled_time of version 1; nr_periods and nr_throttled.
	Throttled                 time.Duration
	Periods, ThrottledPeriods int64

	// Of each thread, by its number in the process's own namespace, from
	// /proc/PID/task/TID/schedstat: the second field is what it waited on a run queue,
	// the first what it ran.
	Threads map[int64]time.Duration
	Running map[int64]time.Duration
}
