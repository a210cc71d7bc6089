package noise

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/cpulist"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const (
	workqueues = "noise.workqueues"
	irqs       = "noise.irqs"
)

// strayed is what should keep off CPUs that are set apart.
var strayed = []posture.Spec{{
	ID:   workqueues,
	What: "CPUs set apart on which the kernel may run work that belongs to no CPU",
	Why:  "such work, as writing files out, takes the CPU from the program for as long as it lasts",
	Mend: "write a mask of the other CPUs to /sys/devices/virtual/workqueue/cpumask and /sys/bus/workqueue/devices/writeback/cpumask",
}, {
	ID:   irqs,
	What: "interrupts of devices that arrive at CPUs set apart",
	Why:  "each takes the CPU from the program, and so does the work that follows it (packets, completed blocks)",
	Mend: "write the other CPUs to /proc/irq/N/smp_affinity_list, keep irqbalance off these (IRQBALANCE_BANNED_CPULIST), and boot with isolcpus=managed_irq,… for interrupts that the kernel places itself",
}}

func stray(ctx context.Context, t *target.Target) []posture.Observation {
	apart, source, err := setApart(t)
	if err != nil {
		return []posture.Observation{system.Absent(workqueues, source, err), system.Absent(irqs, source, err)}
	}
	if len(apart) == 0 {
		const reason = "no CPU is set apart by isolcpus= or nohz_full="
		return []posture.Observation{posture.None(workqueues, source, reason), posture.None(irqs, source, reason)}
	}
	return []posture.Observation{work(t, apart), interrupts(ctx, t, apart)}
}

// setApart returns the CPUs that were isolated at boot, and those without a tick.
func setApart(t *target.Target) (cpus cpulist.List, source string, err error) {
	const isolated, nohz = "/sys/devices/system/cpu/isolated", "/sys/devices/system/cpu/nohz_full"
	text, err := t.Read(isolated)
	if err != nil {
		return nil, isolated, err
	}
	if cpus, err = cpulist.Parse(text); err != nil {
		return nil, isolated, err
	}
	text, err = t.Read(nohz)
	if err != nil { // not compiled in
		return cpus, isolated, nil
	}
	more, err := cpulist.Parse(text)
	return cpus.Or(more), nohz, err
}

// work compares the masks of workqueues with the CPUs.
func work(t *target.Target, apart cpulist.List) posture.Observation {
	const all, writeback = "/sys/devices/virtual/workqueue/cpumask", "/sys/bus/workqueue/devices/writeback/cpumask"
	var hit cpulist.List
	var details []string
	for _, file := range []string{all, writeback} {
		text, err := t.Read(file)
		if err != nil {
			return system.Absent(workqueues, file, err)
		}
		mask, err := cpulist.ParseMask(text)
		if err != nil {
			return system.Absent(workqueues, file, err)
		}
		hit = hit.Or(mask.And(apart))
		details = append(details, file+": "+mask.Named())
	}
	o := posture.Number(workqueues, float64(len(hit)), all, posture.Kernel)
	o.Current = fmt.Sprintf("%s of %s set apart", hit.Named(), apart.Named())
	o.Details = details
	return o
}

// named bounds how many interrupts are told by name.
const named = 16

// interrupts counts those that arrive at the CPUs. That takes a file for each, too many
// for a look from inside a service.
func interrupts(ctx context.Context, t *target.Target, apart cpulist.List) posture.Observation {
	const source = "/proc/irq/*/effective_affinity_list"
	if t.Kind == target.Self {
		o := posture.Hidden(irqs, source, "going through the interrupts of a large machine takes too long for a look from inside a service")
		o.Mend = "run lagvet doctor on the machine"
		return o
	}
	numbers, err := t.List("/proc/irq")
	if err != nil {
		return system.Absent(irqs, source, err)
	}
	o := posture.Number(irqs, 0, source, posture.Kernel)
	seen := 0
	for _, n := range numbers {
		if _, err := strconv.Atoi(n); err != nil || ctx.Err() != nil {
			continue
		}
		cpus, err := arrives(t, n)
		if err != nil {
			continue // it has gone, or this kernel does not tell of this one
		}
		seen++
		hit := cpus.And(apart)
		if len(hit) == 0 {
			continue
		}
		if o.Value++; o.Value <= named {
			o.Details = append(o.Details, fmt.Sprintf("%s at %s", title(t, n), hit.Named()))
		}
	}
	if seen == 0 {
		return posture.Hidden(irqs, source, "no interrupt says where it arrives")
	}
	o.Current = fmt.Sprintf("%.0f of %d interrupts, at %s", o.Value, seen, apart.Named())
	return o
}

// arrives returns the CPUs that an interrupt is sent to, or may be sent to where the
// kernel does not tell which it has chosen: none if it is not in use.
func arrives(t *target.Target, n string) (cpulist.List, error) {
	text, err := t.Read("/proc/irq/" + n + "/effective_affinity_list")
	if errors.Is(err, fs.ErrNotExist) {
		text, err = t.Read("/proc/irq/" + n + "/smp_affinity_list")
	}
	if err != nil {
		return nil, err
	}
	return cpulist.Parse(text)
}

// title names an interrupt and its devices, each of which has a directory.
func title(t *target.Target, n string) string {
	files := []string{"affinity_hint", "effective_affinity", "effective_affinity_list", "node", "smp_affinity", "smp_affinity_list", "spurious"}
	names, _ := t.List("/proc/irq/" + n) // without a name the number tells enough
	names = slices.DeleteFunc(names, func(s string) bool { return slices.Contains(files, s) })
	if len(names) == 0 {
		return "interrupt " + n
	}
	return fmt.Sprintf("interrupt %s (%s)", n, strings.Join(names, ", "))
}
