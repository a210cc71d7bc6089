package clock

import (
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// What is said of this machine is what its files and a call of our own say.
func TestLive(t *testing.T) {
	seen := Probe.Look(t.Context(), &target.Target{System: system.Here(), Kind: target.Host})

	o := fixture.Observation(t, seen, source)
	if data, err := os.ReadFile("/sys/devices/system/clocksource/clocksource0/current_clocksource"); err != nil {
		if o.Absent == "" {
			t.Errorf("observed %+v, but %v", o, err)
		}
	} else if o.Text != strings.TrimSpace(string(data)) {
		t.Errorf("observed %+v, the file says %q", o, data)
	}

	// No call takes less than a nanosecond, and even a device's less than 0.1 ms.
	if o := fixture.Observation(t, seen, cost); o.Absent != "" || o.Value < 1 || o.Value > 1e5 {
		t.Errorf("observed %+v", o)
	}

	var x unix.Timex
	clock, err := unix.Adjtimex(&x)
	o = fixture.Observation(t, seen, synced)
	switch {
	case err != nil:
		if o.Absent != posture.Unknown {
			t.Errorf("observed %+v, but %v", o, err)
		}
	// A clock that is not kept is one reason for the kernel's state TIME_ERROR.
	case o.Text != "yes" && clock != unix.TIME_ERROR:
		t.Errorf("observed %+v, adjtimex returned %d", o, clock)
	}

	o = fixture.Observation(t, seen, ptp)
	devices, _ := os.ReadDir("/dev")
	has := slices.ContainsFunc(devices, func(e os.DirEntry) bool {
		return strings.HasPrefix(e.Name(), "ptp") && strings.Trim(e.Name()[3:], "0123456789") == ""
	})
	if has && o.Absent != "" {
		t.Errorf("observed %+v, but there is a /dev/ptp", o)
	}
}
