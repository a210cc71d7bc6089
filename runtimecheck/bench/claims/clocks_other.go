//go:build !linux

package claims

import (
	"context"
	"runtime"
)

func kernelClocks() ([]kernelClock, error) {
	return nil, unmeasurable("%s has other clocks: these are Linux's", runtime.GOOS)
}

func benchPTP(context.Context, *run) error {
	return unmeasurable("PTP clocks are looked for on Linux alone, and this is %s", runtime.GOOS)
}
