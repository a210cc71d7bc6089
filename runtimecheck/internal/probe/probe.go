// Package probe says what a probe is.
//
// A probe looks at one side of a target and says what it saw; what is required is the
// matter of a profile. It never stops the world of the program it runs in, asks no
// privilege to start, and says of what it may not see that it is unknown.
package probe

import (
	"context"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A Probe looks at one side of a target.
type Probe struct {
	Name  string // the group of its checks: "limits"
	Specs []posture.Spec
	// Look returns an observation for each spec, in any order. It returns before long
	// when the context ends.
	Look func(ctx context.Context, t *target.Target) []posture.Observation
}
