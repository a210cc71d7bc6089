package clock

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const (
	source   = "clock.source"
	cost     = "clock.cost"
	synced   = "clock.synced"
	maxError = "clock.max_error"
	ptp      = "clock.ptp"
	tai      = "clock.tai"
)

// Probe looks at the clock of a machine.
var Probe = probe.Probe{
	Name: "clock",
	Specs: []posture.Spec{{
		ID:   source,
		What: "the clocksource that the kernel reads",
		Why:  "hpet and acpi_pm are devices: each time.Now becomes a system call that takes a microsecond or more, under a lock that all CPUs share",
		Mend: "echo tsc >/sys/devices/system/clocksource/clocksource0/current_clocksource if it is available; if the kernel has marked it unstable, dmesg | grep -i tsc says why",
	}, {
		ID:   cost,
		What: "what time.Now costs, the fastest of ten batches",
		Unit: "ns",
		Why:  "deadlines, traces and logs ask for the time, some of them at each request",
		Mend: "use a clocksource that the vDSO reads (tsc, kvm-clock, hyperv_clocksource_tsc_page), see clock.source; under gVisor or a ptrace sandbox it cannot be had",
	}, {
		ID:   synced,
		What: "whether somebody keeps the clock right",
		Why:  "stamps of two machines cannot be compared, and one way delays come out negative; certificates and leases end too early or too late",
		Mend: "run chronyd, systemd-timesyncd or ptp4l with phc2sys; in a guest on the host",
	}, {
		ID:   maxError,
		What: "by how much the clock may be wrong, by the kernel's bound",
		Unit: "ms",
		Why:  "no two stamps that are nearer than this can be put in order across machines",
		Mend: "use nearer time servers (chronyc sources -v), or PTP where the network card has a clock",
	}, {
		ID:   ptp,
		What: "clocks that PTP can use",
		Why:  "a clock of the network card is what synchronises to less than a microsecond",
	}, {
		ID:   tai,
		What: "TAI minus UTC, as the kernel was told",
		Unit: "s",
		Why:  "0 means that nobody has set it: CLOCK_TAI then reads UTC, and steps with it at a leap second",
	}},
	Look: look,
}

func look(_ context.Context, t *target.Target) []posture.Observation {
	return append(state(t), clocksource(t), costOfNow(t), devices(t))
}

const clocksources = "/sys/devices/system/clocksource/clocksource0"

func clocksource(t *target.Target) posture.Observation {
	file := path.Join(clocksources, "current_clocksource")
	name, err := t.Read(file)
	if err == nil && name == "" {
		return posture.Hidden(source, file, "it is empty")
	}
	if err != nil {
		return system.Absent(source, file, err)
	}
	o := posture.Text(source, name, file, posture.Kernel)
	if all, err := t.Read(path.Join(clocksources, "available_clocksource")); err == nil {
		o.Current = fmt.Sprintf("%s (of %s)", name, strings.Join(strings.Fields(all), ", "))
	}
	return o
}

func costOfNow(t *target.Target) posture.Observation {
	const source = "a measurement of time.Now by lagvet on this machine"
	d, err := t.Kernel.Now()
	if err != nil {
		return system.Absent(cost, source, err)
	}
	return posture.Number(cost, float64(d), source, posture.Runtime)
}

// state observes what the kernel says of the clock that it keeps.
func state(t *target.Target) []posture.Observation {
	const source = "adjtimex(2)"
	c, err := t.Kernel.Clock()
	if err != nil {
		return []posture.Observation{
			system.Absent(synced, source, err),
			system.Absent(maxError, source, err),
			system.Absent(tai, source, err),
		}
	}
	is := posture.Text(synced, "no", source, posture.Kernel)
	is.Current = "no: STA_UNSYNC is set"
	if c.Synced {
		is.Text = "yes"
		is.Current = fmt.Sprintf("yes, %v are being corrected", c.Offset)
	}
	bound := posture.Number(maxError, float64(c.MaxError)/float64(time.Millisecond), source, posture.Kernel)
	ahead := posture.Number(tai, c.TAI.Seconds(), source, posture.Kernel)
	if c.TAI == 0 {
		ahead.Current = "nobody has set it"
	}
	return []posture.Observation{is, bound, ahead}
}

const devicesDir = "/sys/class/ptp"

// most bounds how many PTP clocks are named: a machine has one for each network card.
const most = 64

func devices(t *target.Target) posture.Observation {
	names, err := t.List(devicesDir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(names) == 0 {
		return posture.None(ptp, devicesDir, "this machine has no PTP clock")
	}
	if err != nil {
		return system.Absent(ptp, devicesDir, err)
	}
	o := posture.Text(ptp, "none that can be read", devicesDir, posture.Kernel)
	var clocks []string
	for _, dev := range names[:min(len(names), most)] {
		name, err := t.Read(path.Join(devicesDir, dev, "clock_name"))
		if err != nil {
			o.Details = append(o.Details, fmt.Sprintf("%s: %v", dev, err))
			continue
		}
		clocks = append(clocks, name)
		o.Details = append(o.Details, dev+": "+name+about(name))
	}
	if len(clocks) > 0 {
		o.Text = strings.Join(clocks, ", ")
	}
	return o
}

// about says of a virtual clock what it is: it shows the host's time, which is right
// only if the host's is, and corrects nothing by itself.
func about(name string) string {
	switch name {
	case "KVM virtual PTP", "hyperv", "ptp_vmw":
		return " (the time of the host: chronyd or phc2sys must use it, and the host be right)"
	}
	return ""
}
