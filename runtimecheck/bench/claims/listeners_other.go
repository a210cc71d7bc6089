//go:build !linux

package claims

import (
	"context"
	"runtime"
)

func benchListeners(context.Context, *run) error {
	return unmeasurable("%s does not spread connections over the listeners of a port as Linux does", runtime.GOOS)
}
