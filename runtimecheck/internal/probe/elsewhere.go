package probe

import "github.com/lagvet/lagvet/runtimecheck/posture"

// Elsewhere is what a probe of the machine says of a process that is seen through its
// endpoints alone: that may run on another machine than this.
func Elsewhere(specs []posture.Spec) []posture.Observation {
	var all []posture.Observation
	for _, s := range specs {
		o := posture.Hidden(s.ID, "the machine that the process runs on", "its endpoints do not tell: it must be seen on that machine")
		o.Mend = "run lagvet doctor --pid there, or runtimecheck.Check in the service"
		all = append(all, o)
	}
	return all
}
