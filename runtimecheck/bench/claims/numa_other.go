//go:build !linux

package claims

import (
	"context"
	"runtime"
)

func benchNUMA(context.Context, *run) error {
	return unmeasurable("memory of a chosen node is asked for by mbind(2) of Linux, and this is %s", runtime.GOOS)
}
