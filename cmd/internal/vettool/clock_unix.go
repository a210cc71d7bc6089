//go:build unix

package vettool

import (
	"syscall"
	"time"
)

// Clock is what time is of in which units are timed.
const Clock = "cpu"

// spent returns the CPU time that this process, and those that it has waited for, have
// had. Unlike the time of a clock it is much the same on a machine that has other work.
func spent() time.Duration {
	var all time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var ru syscall.Rusage
		if syscall.Getrusage(who, &ru) == nil {
			all += time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
		}
	}
	return all
}
