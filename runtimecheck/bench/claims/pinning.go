package claims

import (
	"fmt"
	"slices"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/system"
)

const free, pinned = "free thread", "pinned thread"

func pinningClaims() []Claim {
	return []Claim{{
		ID:        "pinning.wakeup",
		Technique: "a latency-critical thread locked and pinned to a CPU (LockOSThread, sched_setaffinity): waking up",
		Says:      "it wakes up sooner; no figure is claimed",
		Holds:     []Condition{less(pinned, free, "p99-ns/op")},
		Why:       "a thread that wakes where it ran finds its cache; but pinned it must wait for that CPU if another thread is on it",
		Do:        "pin only to CPUs that are kept free of others (isolcpus or a cpuset of their own, and their interrupts elsewhere); lagvet doctor --pid shows masks and locks of each thread",
		Effect:    500 * time.Microsecond,
		needs:     pinnable,
		bench:     benchWakeup,
	}, {
		ID:        "pinning.jitter",
		Technique: "a latency-critical thread locked and pinned to a CPU: a busy loop",
		Says:      "it is disturbed less; no figure is claimed",
		Holds:     []Condition{less(pinned, free, "lost-ns/op")},
		Why:       "what disturbs a busy loop is what else runs on its CPU: other threads, interrupts, the tick; the scheduler moves a free thread away from the first, not from the others",
		Do:        "as for waking up; and nohz_full, so that there is no tick",
		Effect:    apart,
		needs:     pinnable,
		bench:     benchJitter,
	}}
}

// verifyPinned makes sure that the calling thread may run on one CPU alone.
func verifyPinned(k system.Kernel, cpu int) error {
	mask, err := k.Affinity(0)
	if err != nil {
		return fmt.Errorf("reading the thread's CPUs back: %w", err)
	}
	if !slices.Equal(mask, []int{cpu}) {
		return fmt.Errorf("pinning did not take: the thread was to run on CPU %d, and may on %v", cpu, mask)
	}
	return nil
}

// A cpuWatch sees on which CPUs a thread is, and how often that has changed.
type cpuWatch struct {
	kernel system.Kernel
	last   int
	moves  int64
	asked  int
}

func watchCPU(k system.Kernel) (*cpuWatch, error) {
	cpu, _, err := k.CPU()
	if err != nil {
		return nil, fmt.Errorf("asking on which CPU the thread is: %w", err)
	}
	return &cpuWatch{kernel: k, last: cpu}, nil
}

// look asks on which CPU the calling thread is now.
func (w *cpuWatch) look() error {
	cpu, _, err := w.kernel.CPU()
	if err != nil {
		return fmt.Errorf("asking on which CPU the thread is: %w", err)
	}
	w.asked++
	if cpu != w.last {
		w.moves++
		w.last = cpu
	}
	return nil
}

// stayed makes sure that a pinned thread was on no other CPU.
func (w *cpuWatch) stayed(cpu int) error {
	if w.moves > 0 || w.last != cpu {
		return fmt.Errorf("pinning did not take: the thread was pinned to CPU %d, and was seen on CPU %d after %d moves", cpu, w.last, w.moves)
	}
	return nil
}
