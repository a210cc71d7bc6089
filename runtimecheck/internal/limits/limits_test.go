package limits

import (
	"math"
	"syscall"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const three = `
-- proc/12/fd/0 -> /dev/null --
-- proc/12/fd/1 -> /dev/null --
-- proc/12/fd/3 -> socket:[7] --
`

func TestFiles(t *testing.T) {
	tests := []struct {
		name    string
		files   string
		kernel  fixture.Kernel
		value   float64
		current string
		absent  posture.Verdict
	}{
		{"some", three, fixture.Kernel{Limits: map[int][2]uint64{12: {5, 6}}}, 50, "3 of 6 (50.0 %)", ""},
		{"no limit", three, fixture.Kernel{Limits: map[int][2]uint64{12: {5, math.MaxUint64}}}, 0, "3 of any number", ""},
		{"another's", three, fixture.Kernel{Err: syscall.EPERM}, 0, "", posture.Unknown},
		{"ended", three, fixture.Kernel{Err: syscall.ESRCH}, 0, "", posture.Unknown},
		{"no descriptors", "", fixture.Kernel{Limits: map[int][2]uint64{12: {5, 6}}}, 0, "", posture.NotApplicable},
		{"another system", three, fixture.Kernel{}, 0, "", posture.NotApplicable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := fixture.Tree(t, tt.files)
			s.Kernel = tt.kernel
			o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: s, Kind: target.Process, PID: 12}), nofile)
			if o.Value != tt.value || o.Current != tt.current || o.Absent != tt.absent {
				t.Errorf("observed %+v", o)
			}
			if tt.absent != "" && o.Reason == "" {
				t.Error("it is not said why")
			}
		})
	}
}
