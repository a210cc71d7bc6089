//go:build !linux

package claims

import (
	"context"
	"runtime"
)

func benchWakeup(context.Context, *run) error { return noAffinity() }
func benchJitter(context.Context, *run) error { return noAffinity() }

func pinnable() error { return noAffinity() }

func noAffinity() error {
	return unmeasurable("threads are pinned by sched_setaffinity(2) of Linux, and this is %s", runtime.GOOS)
}
