package kernel

import (
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"

	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// observeSwappiness tells vm.swappiness where it matters: where there is swap.
func observeSwappiness(t *target.Target) posture.Observation {
	const file = "/proc/sys/vm/swappiness"
	o := setting(t, swappiness, file, plain)
	if o.Absent != "" {
		return o
	}
	proc, err := t.System.Proc()
	if err != nil {
		return system.Absent(swappiness, "/proc/swaps", err)
	}
	swaps, err := proc.Swaps()
	if err != nil {
		return system.Absent(swappiness, "/proc/swaps", err)
	}
	if len(swaps) == 0 {
		return posture.None(swappiness, "/proc/swaps", fmt.Sprintf("there is no swap, so nothing is swapped out, though vm.swappiness is %.0f", o.Value))
	}
	o.Current = fmt.Sprintf("%.0f, with swap on %d devices", o.Value, len(swaps))
	for _, s := range swaps {
		o.Details = append(o.Details, fmt.Sprintf("%s: %s of %s in use", s.Filename, probe.Size(1024*float64(s.Used)), probe.Size(1024*float64(s.Size))))
	}
	return o
}

// status reads /proc/PID/status.
func status(t *target.Target) (procfs.ProcStatus, error) {
	proc, err := t.System.Proc()
	if err != nil {
		return procfs.ProcStatus{}, err
	}
	p, err := proc.Proc(t.PID)
	if err != nil {
		return procfs.ProcStatus{}, err
	}
	return p.NewStatus()
}

const mebibyte = 1 << 20

func observeSwapped(t *target.Target) posture.Observation {
	s, err := status(t)
	if err != nil {
		return system.Absent(swapped, t.Proc("status"), err)
	}
	o := posture.Number(swapped, float64(s.VmSwap)/mebibyte, t.Proc("status"), posture.Kernel)
	o.Current = fmt.Sprintf("%s, and %s in memory", probe.Size(float64(s.VmSwap)), probe.Size(float64(s.VmRSS)))
	return o
}

const hugePages = "/sys/kernel/mm/transparent_hugepage"

func observeTHP(t *target.Target) posture.Observation {
	return setting(t, thp, path.Join(hugePages, "enabled"), choice)
}

func observeDefrag(t *target.Target) posture.Observation {
	if o, ok := withoutHuge(t, thpDefrag); ok {
		return o
	}
	return setting(t, thpDefrag, path.Join(hugePages, "defrag"), choice)
}

func observePTEs(t *target.Target) posture.Observation {
	if o, ok := withoutHuge(t, maxPTEsNone); ok {
		return o
	}
	if o := observeTHP(t); o.Text == "madvise" {
		// The runtime asks for them for its own tables alone: runtime/malloc.go, mpagealloc.go.
		return posture.None(maxPTEsNone, o.Source, "huge pages are made only of memory for which they were asked for (madvise), and Go does not ask for its heap")
	}
	return setting(t, maxPTEsNone, path.Join(hugePages, "khugepaged/max_ptes_none"), plain)
}

// withoutHuge observes of what concerns huge pages that there are none, if so.
func withoutHuge(t *target.Target, id string) (posture.Observation, bool) {
	file := path.Join(hugePages, "enabled")
	text, err := t.Read(file)
	if err != nil {
		return system.Absent(id, file, err), true
	}
	if word, err := chosen(text); err != nil || word != "never" {
		return posture.Observation{}, false
	}
	return posture.None(id, file, "there are no transparent huge pages: they are set to never"), true
}

// fewEnough is the memory of a process, in bytes, that smaps_rollup can be read of
// without holding up the rest: the kernel looks at every page for it, some 50 ms for
// each GiB of small ones, and the process cannot map memory in the meantime.
const fewEnough = 1 << 30

func observeHuge(t *target.Target) posture.Observation {
	file := t.Proc("smaps_rollup")
	if t.Kind == target.Self {
		return posture.None(hugeMemory, file, "a service does not look for itself, since the kernel goes through all its pages for it: lagvet doctor --pid does")
	}
	if o, ok := withoutHuge(t, hugeMemory); ok {
		return o
	}
	s, err := status(t)
	if err != nil {
		return system.Absent(hugeMemory, t.Proc("status"), err)
	}
	if s.VmRSS > fewEnough {
		o := posture.Hidden(hugeMemory, file, fmt.Sprintf("the kernel would go through all %s of the process, which holds it up", probe.Size(float64(s.VmRSS))))
		o.Mend = "grep AnonHugePages " + file
		return o
	}
	text, err := t.Read(file)
	if err != nil {
		return system.Absent(hugeMemory, file, err)
	}
	huge, err := kibibytes(text, "AnonHugePages")
	if err != nil {
		return system.Absent(hugeMemory, file, err)
	}
	o := posture.Number(hugeMemory, huge/mebibyte, file, posture.Kernel)
	o.Current = fmt.Sprintf("%s of %s in memory", probe.Size(huge), probe.Size(float64(s.VmRSS)))
	return o
}

// kibibytes returns the bytes of a key in a file of lines "Key:    12 kB".
func kibibytes(text, key string) (float64, error) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		if name != key {
			continue
		}
		number, unit, _ := strings.Cut(strings.TrimSpace(value), " ")
		v, err := strconv.ParseUint(number, 10, 64)
		if err != nil || unit != "kB" || v > math.MaxInt64/1024 {
			return 0, fmt.Errorf("%.40q is no size", value)
		}
		return 1024 * float64(v), nil
	}
	return 0, fmt.Errorf("there is no %s", key)
}
