package sampler

import (
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/cgroup"
)

// A look is what the kernel's accounts stand at.
type look struct {
	at      time.Duration // CLOCK_MONOTONIC
	groups  []cgroup.Held // by the groups of the header
	threads []account     // in order of their numbers
}

// An account is that of a thread.
type account struct {
	id              int64         // as the process itself sees it
	running, waited time.Duration // fields 1 and 2 of schedstat
}

// A source looks. The look it returns is its own until the next one.
type source interface {
	look() (*look, error)
	header() header
	close() error
}
