package claims

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/system"
)

func benchWakeup(ctx context.Context, r *run) error {
	return benchPinned(ctx, r, sleeping)
}

func benchJitter(ctx context.Context, r *run) error {
	return benchPinned(ctx, r, spinning)
}

// pinnable makes sure that there is something to pin to.
func pinnable() error {
	mask, err := allowed(system.Here().Kernel)
	if err == nil && len(mask) < 2 {
		return unmeasurable("this process may run on one CPU alone, so that every thread is pinned")
	}
	return err
}

// allowed returns the CPUs that this process may run on.
func allowed(k system.Kernel) ([]int, error) {
	mask, err := k.Affinity(0)
	if err != nil {
		return nil, fmt.Errorf("asking on which CPUs the thread may run: %w", err)
	}
	return mask, nil
}

// benchPinned does something on a locked thread that may run anywhere, and on one that
// is pinned, and makes sure that it stayed.
func benchPinned(ctx context.Context, r *run, do func(context.Context, time.Duration, *cpuWatch) (sample, error)) error {
	k := system.Here().Kernel
	mask, err := allowed(k)
	if err != nil {
		return err
	}
	cpu := mask[len(mask)-1] // the first one mostly takes the interrupts
	r.note("the pinned thread is on CPU %d of %v: its mask was read back, and no reading saw it elsewhere; moves is how often a thread was seen on another CPU than before", cpu, mask)
	arms := []arm{
		{free, func(ctx context.Context, d time.Duration) (sample, error) {
			return onThread(nil, func() (sample, error) { return watched(ctx, d, k, -1, do) })
		}},
		{pinned, func(ctx context.Context, d time.Duration) (sample, error) {
			return onThread([]int{cpu}, func() (sample, error) { return watched(ctx, d, k, cpu, do) })
		}},
	}
	return r.interleave(ctx, arms...)
}

// onThread runs do on a locked thread with a mask; nil is the one that the process has.
// The thread ends with it, so that nothing else runs on it afterwards.
func onThread(mask []int, do func() (sample, error)) (s sample, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: see above
		if mask != nil {
			if err = setAffinity(mask); err != nil {
				return
			}
		}
		s, err = do()
	}()
	<-done
	return s, err
}

// setAffinity has the calling thread run on these CPUs alone.
func setAffinity(cpus []int) error {
	var set unix.CPUSet
	for _, cpu := range cpus {
		set.Set(cpu)
	}
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		return fmt.Errorf("pinning a thread to CPUs %v: %w", cpus, err)
	}
	return nil
}

// watched does something under a watch. On a pinned thread it makes sure of the CPU,
// before and after; cpu is negative on others.
func watched(ctx context.Context, d time.Duration, k system.Kernel, cpu int, do func(context.Context, time.Duration, *cpuWatch) (sample, error)) (sample, error) {
	if cpu >= 0 {
		if err := verifyPinned(k, cpu); err != nil {
			return sample{}, err
		}
	}
	w, err := watchCPU(k)
	if err != nil {
		return sample{}, err
	}
	s, err := do(ctx, d, w)
	if err == nil && cpu >= 0 {
		err = w.stayed(cpu)
	}
	s.readings = append(s.readings, reading{"moves", float64(w.moves)})
	return s, err
}

// sleeping sleeps in the kernel until one due time after the other, and records how late
// it woke.
func sleeping(ctx context.Context, d time.Duration, w *cpuWatch) (sample, error) {
	const each = 500 * time.Microsecond
	late := newRecorder()
	ops := int64(0)
	var next unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &next); err != nil {
		return sample{}, fmt.Errorf("reading the clock: %w", err)
	}
	for end := next.Nano() + d.Nanoseconds(); next.Nano() < end && ctx.Err() == nil; ops++ {
		next = unix.NsecToTimespec(next.Nano() + each.Nanoseconds())
		woke, err := sleepUntil(next)
		if err != nil {
			return sample{}, err
		}
		late.record(time.Duration(woke - next.Nano()))
		if err := w.look(); err != nil {
			return sample{}, err
		}
	}
	return sample{max(ops, 1), late.readings()}, nil
}

// sleepUntil sleeps until a time of CLOCK_MONOTONIC, and returns when it woke.
func sleepUntil(due unix.Timespec) (woke int64, err error) {
	for {
		err := unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &due, nil)
		if err == unix.EINTR {
			continue // a signal of the Go scheduler
		}
		if err != nil {
			return 0, fmt.Errorf("sleeping: %w", err)
		}
		var now unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
			return 0, fmt.Errorf("reading the clock: %w", err)
		}
		return now.Nano(), nil
	}
}

// spinning reads the clock again and again; where it jumps, the thread was not running.
func spinning(ctx context.Context, d time.Duration, w *cpuWatch) (sample, error) {
	const (
		gap  = time.Microsecond // some times what reading the clock takes
		part = 10_000           // readings between two looks at the CPU
	)
	var lost, most time.Duration
	ops := int64(0)
	start := time.Now()
	for at := time.Duration(0); at < d && ctx.Err() == nil; {
		at = time.Since(start)
		for range part {
			now := time.Since(start)
			if jump := now - at; jump > gap {
				lost, most = lost+jump, max(most, jump)
			}
			at = now
		}
		ops += part
		if err := w.look(); err != nil {
			return sample{}, err
		}
	}
	return sample{ops, []reading{{"lost-ns/op", nanoseconds(lost) / float64(ops)}, {"jump-max-ns", nanoseconds(most)}, {"lost-%", 100 * lost.Seconds() / time.Since(start).Seconds()}}}, nil
}
