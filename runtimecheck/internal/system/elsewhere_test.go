package system

import (
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// Nothing of this machine is taken for one that cannot be seen.
func TestElsewhere(t *testing.T) {
	s := Elsewhere()
	_, read := s.Read("/proc/self/status")
	_, list := s.List("/proc/self/fd")
	_, link := s.Link("/proc/self/exe")
	_, proc := s.Proc()
	_, affinity := s.Kernel.Affinity(0)
	_, _, cpu := s.Kernel.CPU()
	_, clock := s.Kernel.Clock()
	_, now := s.Kernel.Now()
	_, _, limit := s.Kernel.Limit(0)
	_, nodes := s.Kernel.Nodes(0, nil)
	_, _, listener := s.Kernel.Listener(0)
	for what, err := range map[string]error{
		"Read": read, "List": list, "Link": link, "Proc": proc,
		"Affinity": affinity, "CPU": cpu, "Clock": clock, "Now": now, "Limit": limit,
		"Nodes": nodes, "Listener": listener,
	} {
		if err == nil {
			t.Errorf("%s answers", what)
			continue
		}
		if o := Absent("a.b", "a file", err); o.Absent != posture.Unknown || o.Reason != ErrElsewhere.Error() || o.Mend == "" {
			t.Errorf("%s: observed %+v", what, o)
		}
	}
}
