package sampler

import (
	"fmt"
	"math"
	"time"
)

// parseSchedstat reads the first two fields of a thread's schedstat: ns that it ran and
// ns that it waited on a run queue (the kernel's Documentation/scheduler/sched-stats.rst).
// Package procfs reads it too, but opens the file each time and allocates.
func parseSchedstat(text []byte) (running, waited time.Duration, err error) {
	ran, rest, ok := number(text)
	stood, _, both := number(rest)
	if !ok || !both {
		return 0, 0, fmt.Errorf("%.60q does not begin with two numbers", text)
	}
	return time.Duration(ran), time.Duration(stood), nil
}

// number reads one that a space follows.
func number(text []byte) (n int64, rest []byte, ok bool) {
	for i, c := range text {
		if c == ' ' {
			return n, text[i+1:], i > 0
		}
		d := int64(c - '0')
		if c < '0' || c > '9' || n > (math.MaxInt64-d)/10 {
			return 0, nil, false
		}
		n = 10*n + d
	}
	return 0, nil, false
}
