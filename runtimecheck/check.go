package runtimecheck

import (
	"context"
	"debug/buildinfo"
	"os"
	"runtime"

	"github.com/lagvet/lagvet/runtimecheck/internal/inspect"
	"github.com/lagvet/lagvet/runtimecheck/internal/selfmetrics"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// An Inspector looks at one target, once or again and again, with its method
//
//	Inspect(ctx context.Context) (*posture.Report, error)
//
// Counters are compared with those of the look before; the first look has those since
// the start. Goroutines that use it at the same time wait for each other.
type Inspector = inspect.Inspector

// ErrEnded is the error of a look at a process that has ended.
var ErrEnded = inspect.ErrEnded

// Check looks at this process and the machine it runs on. It does not stop the world,
// and is meant for the start of a service and for its health endpoint.
func Check(ctx context.Context, p *posture.Profile) (*posture.Report, error) {
	i, err := Self(p)
	if err != nil {
		return nil, err
	}
	return i.Inspect(ctx)
}

// Self inspects this process and the machine it runs on.
func Self(p *posture.Profile) (*Inspector, error) {
	exe, _ := os.Executable() // for the reader only
	return inspect.New(
		&target.Target{System: system.Here(), Kind: target.Self, PID: os.Getpid(), Metrics: selfmetrics.Metrics{}},
		posture.Subject{Exe: exe, Go: runtime.Version()}, p)
}

// Host inspects the machine that this process runs on.
func Host(p *posture.Profile) (*Inspector, error) {
	return inspect.New(&target.Target{System: system.Here(), Kind: target.Host}, posture.Subject{}, p)
}

// Process inspects another process of this machine, from outside. What only the process
// itself can tell is then unknown; package remote asks its endpoints as well.
func Process(pid int, p *posture.Profile) (*Inspector, error) {
	t := &target.Target{System: system.Here(), Kind: target.Process, PID: pid}
	var about posture.Subject // for the reader only
	about.Exe, _ = t.Link(t.Proc("exe"))
	if info, err := buildinfo.ReadFile(t.Path(t.Proc("exe"))); err == nil {
		about.Go = info.GoVersion
	}
	return inspect.New(t, about, p)
}

// Specs describes every check there is, in the order of reports.
func Specs() []posture.Spec { return inspect.Specs() }
