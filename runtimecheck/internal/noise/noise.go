package noise

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// Probe looks at what the kernel does beside running programs.
var Probe = probe.Probe{Name: "noise", Specs: specs(), Look: look}

// A knob is a file that holds one value.
type knob struct {
	spec posture.Spec
	file string
	// see makes an observation of what the file says; the ID, the source and the grade
	// are filled in. nil: the value is a number.
	see func(text string, o *posture.Observation) error
}

func knobs() []knob {
	return []knob{{
		spec: posture.Spec{
			ID:   "noise.timer_migration",
			What: "1 if timers move to CPUs that are busy",
			Why:  "a CPU that is always busy, as that of a pinned loop, gets the timers of idle ones and is interrupted by them",
			Mend: "sysctl -w kernel.timer_migration=0",
		},
		file: "/proc/sys/kernel/timer_migration",
	}, {
		spec: posture.Spec{
			ID:   "noise.numa_balancing",
			What: "not 0 if the kernel moves pages to the node that uses them",
			Why:  "it takes pages away for a moment to see who uses them: each is a page fault in the program, and then perhaps a copy",
			Mend: "sysctl -w kernel.numa_balancing=0, and bind the process and its memory to one node (numactl)",
		},
		file: "/proc/sys/kernel/numa_balancing",
	}, {
		spec: posture.Spec{
			ID:   "noise.nmi_watchdog",
			What: "1 if an interrupt that cannot be masked looks for CPUs that hang",
			Why:  "it interrupts every busy CPU now and then, and takes a performance counter",
			Mend: "sysctl -w kernel.nmi_watchdog=0",
		},
		file: "/proc/sys/kernel/nmi_watchdog",
	}, {
		spec: posture.Spec{
			ID:   "noise.soft_watchdog",
			What: "1 if a thread of the kernel on each CPU looks for programs that do not let go of it",
			Why:  "its timer interrupts every CPU each few seconds, and the thread runs before the program",
			Mend: "sysctl -w kernel.soft_watchdog=0, or boot with nosoftlockup; kernel.watchdog_cpumask takes single CPUs out",
		},
		file: "/proc/sys/kernel/soft_watchdog",
	}, {
		spec: posture.Spec{
			ID:   "noise.stat_interval",
			What: "time between two sums of the memory statistics of a CPU",
			Unit: "s",
			Why:  "at each a worker of the kernel takes the CPU from the program, if it has used memory of the kernel's meanwhile",
			Mend: "sysctl -w vm.stat_interval=10",
		},
		file: "/proc/sys/vm/stat_interval",
	}, {
		spec: posture.Spec{
			ID:   "noise.busy_poll",
			What: "time that a poll of sockets spins on the device's queue",
			Unit: "µs",
			Why:  "without it a packet waits for an interrupt, and for the program to be woken",
			Mend: "sysctl -w net.core.busy_poll=50",
		},
		file: "/proc/sys/net/core/busy_poll",
	}, {
		spec: posture.Spec{
			ID:   "noise.busy_read",
			What: "time that a read of a socket spins on the device's queue",
			Unit: "µs",
			Why:  "without it a packet waits for an interrupt, and for the program to be woken",
			Mend: "sysctl -w net.core.busy_read=50",
		},
		file: "/proc/sys/net/core/busy_read",
	}, {
		spec: posture.Spec{
			ID:   "noise.sched_rt_runtime",
			What: "time in each period that threads of real-time classes may take",
			Unit: "µs",
			Why:  "a real-time thread that never sleeps is stopped for the rest of each period; at -1 it is not, and nothing else runs there",
			Mend: "sysctl -w kernel.sched_rt_runtime_us=950000",
		},
		file: "/proc/sys/kernel/sched_rt_runtime_us",
	}, {
		spec: posture.Spec{
			ID:   "noise.ksm",
			What: "whether equal pages are looked for and merged",
			Why:  "the search takes CPU time and cache, and a write to a page that was merged first copies it",
			Mend: "echo 2 > /sys/kernel/mm/ksm/run",
		},
		file: "/sys/kernel/mm/ksm/run",
		see:  oneOf("stopped", "running", "taking apart"),
	}, {
		spec: posture.Spec{
			ID:   "noise.hung_task_timeout",
			What: "time after which the kernel looks for threads that hang",
			Unit: "s",
			Why:  "at each time a thread of the kernel goes through all threads of the machine",
			Mend: "sysctl -w kernel.hung_task_timeout_secs=600",
		},
		file: "/proc/sys/kernel/hung_task_timeout_secs",
		see:  zeroIsNever,
	}, {
		spec: posture.Spec{
			ID:   "noise.ignore_ce",
			What: "1 if errors that the hardware has corrected are not looked for",
			Why:  "the search is a timer on each CPU that reads its error registers",
			Mend: "echo 1 > each /sys/devices/system/machinecheck/machinecheck*/ignore_ce",
		},
		// One stands for all: the kernel keeps one flag, arch/x86/kernel/cpu/mce/core.c.
		file: "/sys/devices/system/machinecheck/machinecheck0/ignore_ce",
	}, {
		spec: posture.Spec{
			ID:   "noise.dirty_ratio",
			What: "share of memory, written and not yet on disk, at which writers must write themselves",
			Unit: "%",
			Why:  "the more is left to write, the longer does a write to a file wait when the share is reached: logs included",
			Mend: "sysctl -w vm.dirty_ratio=10",
		},
		file: "/proc/sys/vm/dirty_ratio",
		see:  zeroIsBytes,
	}, {
		spec: posture.Spec{
			ID:   "noise.dirty_background_ratio",
			What: "share of memory, written and not yet on disk, at which the kernel starts to write",
			Unit: "%",
			Why:  "the later it starts, the more has it to write at once, and the sooner do writers wait",
			Mend: "sysctl -w vm.dirty_background_ratio=3",
		},
		file: "/proc/sys/vm/dirty_background_ratio",
		see:  zeroIsBytes,
	}, {
		spec: posture.Spec{
			ID:   "noise.skew_tick",
			What: "whether the ticks of the CPUs are apart",
			Why:  "CPUs that tick at the same moment wait for each other's locks in the kernel",
			Mend: "boot with skew_tick=1",
		},
		file: "/proc/cmdline",
		see:  skewTick,
	}}
}

func specs() []posture.Spec {
	var all []posture.Spec
	for _, k := range knobs() {
		all = append(all, k.spec)
	}
	return append(all, strayed...)
}

func look(ctx context.Context, t *target.Target) []posture.Observation {
	var all []posture.Observation
	for _, k := range knobs() {
		all = append(all, k.look(t))
	}
	return append(all, stray(ctx, t)...)
}

func (k knob) look(t *target.Target) posture.Observation {
	text, err := t.Read(k.file)
	if err != nil {
		return system.Absent(k.spec.ID, k.file, err)
	}
	o := posture.Observation{ID: k.spec.ID, Source: k.file, Grade: posture.Kernel}
	see := k.see
	if see == nil {
		see = number
	}
	if err := see(text, &o); err != nil {
		return system.Absent(k.spec.ID, k.file, err)
	}
	return o
}

func number(text string, o *posture.Observation) error {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("%.40q is no number", text)
	}
	o.Value = float64(n)
	return nil
}

// oneOf names the values 0, 1 and so on.
func oneOf(names ...string) func(string, *posture.Observation) error {
	return func(text string, o *posture.Observation) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n >= len(names) {
			return fmt.Errorf("%.40q is none of the values that are known", text)
		}
		o.Text = names[n]
		return nil
	}
}

// never is longer than any time that is required, in seconds.
const never = 1 << 40

// zeroIsNever is a time of which 0 turns off what it is of.
func zeroIsNever(text string, o *posture.Observation) error {
	err := number(text, o)
	if err == nil && o.Value == 0 {
		o.Value, o.Current = never, "never"
	}
	return err
}

// zeroIsBytes is a share of which 0 says that a number of bytes counts in its place.
func zeroIsBytes(text string, o *posture.Observation) error {
	err := number(text, o)
	if err == nil && o.Value == 0 {
		o.Current = "0: a number of bytes is set in its place"
	}
	return err
}

func skewTick(cmdline string, o *posture.Observation) error {
	o.Text = "no"
	for field := range strings.FieldsSeq(cmdline) {
		switch field { // the last one counts
		case "skew_tick=1":
			o.Text = "yes"
		case "skew_tick=0":
			o.Text = "no"
		}
	}
	return nil
}
