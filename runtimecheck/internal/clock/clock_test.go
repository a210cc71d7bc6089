package clock

import (
	"syscall"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// guest is a virtual machine with a clock of its host, and a card of its own.
const guest = `
-- sys/devices/system/clocksource/clocksource0/current_clocksource --
kvm-clock
-- sys/devices/system/clocksource/clocksource0/available_clocksource --
kvm-clock tsc acpi_pm 
-- sys/class/ptp/ptp0/clock_name --
KVM virtual PTP
-- sys/class/ptp/ptp1/clock_name --
mlx5_ptp
`

// old has a clock that is a device, and nothing for PTP.
const old = `
-- sys/devices/system/clocksource/clocksource0/current_clocksource --
hpet
-- sys/class/ptp/ --
`

// odd has an empty file, and a PTP clock without a name.
const odd = `
-- sys/devices/system/clocksource/clocksource0/current_clocksource --
-- sys/class/ptp/ptp0/ --
`

func TestClock(t *testing.T) {
	good := fixture.Kernel{
		NowCosts: 35,
		State:    &system.Clock{Synced: true, MaxError: 2500 * time.Microsecond, Offset: 120 * time.Microsecond, TAI: 37 * time.Second},
	}
	free := fixture.Kernel{NowCosts: 1400, State: &system.Clock{MaxError: 16 * time.Second}}
	denied := fixture.Kernel{Err: syscall.EPERM}
	tests := []struct {
		name, files string
		kernel      fixture.Kernel
		id          string
		text        string
		value       float64
		current     string
		absent      posture.Verdict
	}{
		{"guest", guest, good, source, "kvm-clock", 0, "kvm-clock (of kvm-clock, tsc, acpi_pm)", ""},
		{"guest", guest, good, cost, "", 35, "", ""},
		{"guest", guest, good, synced, "yes", 0, "yes, 120µs are being corrected", ""},
		{"guest", guest, good, maxError, "", 2.5, "", ""},
		{"guest", guest, good, tai, "", 37, "", ""},
		{"guest", guest, good, ptp, "KVM virtual PTP, mlx5_ptp", 0, "", ""},
		{"old", old, free, source, "hpet", 0, "", ""},
		{"old", old, free, cost, "", 1400, "", ""},
		{"old", old, free, synced, "no", 0, "no: STA_UNSYNC is set", ""},
		{"old", old, free, maxError, "", 16000, "", ""},
		{"old", old, free, tai, "", 0, "nobody has set it", ""},
		{"old", old, free, ptp, "", 0, "", posture.NotApplicable},
		{"odd", odd, good, source, "", 0, "", posture.Unknown},
		{"odd", odd, good, ptp, "none that can be read", 0, "", ""},
		{"bare", "", denied, source, "", 0, "", posture.NotApplicable},
		{"bare", "", denied, ptp, "", 0, "", posture.NotApplicable},
		{"bare", "", denied, synced, "", 0, "", posture.Unknown},
		{"bare", "", denied, maxError, "", 0, "", posture.Unknown},
		{"bare", "", denied, tai, "", 0, "", posture.Unknown},
		{"bare", "", denied, cost, "", 0, "", posture.Unknown},
		{"another system", "", fixture.Kernel{}, synced, "", 0, "", posture.NotApplicable},
	}
	for _, tt := range tests {
		t.Run(tt.name+" "+tt.id, func(t *testing.T) {
			s := fixture.Tree(t, tt.files)
			s.Kernel = tt.kernel
			o := fixture.Observation(t, Probe.Look(t.Context(), &target.Target{System: s, Kind: target.Host}), tt.id)
			if o.Text != tt.text || o.Value != tt.value || o.Current != tt.current || o.Absent != tt.absent {
				t.Errorf("observed %+v", o)
			}
			if tt.absent != "" && o.Reason == "" {
				t.Error("it is not said why")
			}
		})
	}
}

// A clock of the host is said to be one, and what cannot be read is not left out.
func TestDevices(t *testing.T) {
	for name, tt := range map[string]struct {
		files string
		want  []string
	}{
		"guest": {guest, []string{"ptp0: KVM virtual PTP (the time of the host: chronyd or phc2sys must use it, and the host be right)", "ptp1: mlx5_ptp"}},
		"odd":   {odd, []string{"ptp0: open "}},
	} {
		s := fixture.Tree(t, tt.files)
		o := devices(&target.Target{System: s})
		if len(o.Details) != len(tt.want) {
			t.Fatalf("%s: observed %+v", name, o)
		}
		for i, want := range tt.want {
			if got := o.Details[i]; len(got) < len(want) || got[:len(want)] != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
}

// A process behind an endpoint has a clock that cannot be seen, least of all here.
func TestElsewhere(t *testing.T) {
	for _, o := range Probe.Look(t.Context(), &target.Target{System: system.Elsewhere(), Kind: target.Endpoint}) {
		if o.Absent != posture.Unknown {
			t.Errorf("observed %+v", o)
		}
	}
}
