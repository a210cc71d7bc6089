package limits

import (
	"context"
	"fmt"
	"math"

	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// Probe looks at the limits of a process.
var Probe = probe.Probe{
	Name: "limits",
	Specs: []posture.Spec{{
		ID:   nofile,
		What: "open files, share of the hard limit",
		Unit: "%",
		Why:  "at the limit accept and dial fail, and clients wait for connections that nobody takes",
		Mend: "raise the hard limit (LimitNOFILE= of the unit, ulimit -Hn, the container runtime's default), or look for descriptors that are not closed",
		Go:   true,
	}},
	Look: look,
}

const nofile = "limits.nofile"

func look(_ context.Context, t *target.Target) []posture.Observation {
	return []posture.Observation{files(t)}
}

func files(t *target.Target) posture.Observation {
	source := t.Proc("limits")
	_, hard, err := t.Kernel.Limit(t.PID)
	if err != nil {
		return system.Absent(nofile, source, err)
	}
	names, err := t.Descriptors()
	if err != nil {
		return system.Absent(nofile, t.Proc("fd"), err)
	}
	open := len(names)
	if hard == math.MaxUint64 {
		o := posture.Number(nofile, 0, source, posture.Kernel)
		o.Current = fmt.Sprintf("%d of any number", open)
		return o
	}
	share := 100 * float64(open) / float64(max(hard, 1))
	o := posture.Number(nofile, share, source, posture.Kernel)
	o.Current = fmt.Sprintf("%d of %d (%.1f %%)", open, hard, share)
	return o
}
