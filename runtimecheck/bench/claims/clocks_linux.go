package claims

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// kernelClocks returns the clocks that clock_gettime(2) has for stamps.
func kernelClocks() ([]kernelClock, error) {
	var all []kernelClock
	for _, c := range []struct {
		name string
		id   int32
	}{
		{"CLOCK_REALTIME", unix.CLOCK_REALTIME},
		{"CLOCK_MONOTONIC_RAW", unix.CLOCK_MONOTONIC_RAW},
		{"CLOCK_MONOTONIC_COARSE", unix.CLOCK_MONOTONIC_COARSE},
	} {
		var ts unix.Timespec
		if err := unix.ClockGettime(c.id, &ts); err != nil {
			return nil, fmt.Errorf("reading %s: %w", c.name, err)
		}
		all = append(all, kernelClock{c.name, func() int64 {
			_ = unix.ClockGettime(c.id, &ts) // it went well before, and has no other argument
			return ts.Nano()
		}})
	}
	return all, nil
}

// benchPTP compares a PTP clock with the system clock, by stamps that the hardware takes
// of both at once.
func benchPTP(ctx context.Context, r *run) error {
	devices, err := filepath.Glob("/dev/ptp[0-9]*")
	if err != nil {
		return fmt.Errorf("looking for PTP clocks: %w", err)
	}
	if len(devices) == 0 {
		return unmeasurable("this machine has no PTP clock")
	}
	f, err := os.Open(devices[0])
	if errors.Is(err, fs.ErrPermission) {
		return unmeasurable("%s may not be read: run lagvet as a user who may", devices[0])
	}
	if err != nil {
		return fmt.Errorf("opening a PTP clock: %w", err)
	}
	defer f.Close()
	if _, err := unix.IoctlPtpSysOffsetPrecise(int(f.Fd())); err != nil {
		return unmeasurable("%s cannot be compared with the system clock in hardware (PTP_SYS_OFFSET_PRECISE: %v), and by system calls not to so few nanoseconds", devices[0], err)
	}
	r.note("of the system clock and %s; how far that is from other machines' only its daemon can tell", devices[0])
	return r.interleave(ctx, arm{"PTP clock against system clock", func(ctx context.Context, d time.Duration) (sample, error) {
		return offsets(ctx, d, int(f.Fd()))
	}})
}

// offsets takes the largest difference of the clocks within d.
func offsets(ctx context.Context, d time.Duration, fd int) (sample, error) {
	most, ops := 0.0, int64(0)
	for end := time.Now().Add(d); time.Now().Before(end) && ctx.Err() == nil; ops++ {
		o, err := unix.IoctlPtpSysOffsetPrecise(fd)
		if err != nil {
			return sample{}, fmt.Errorf("comparing clocks: %w", err)
		}
		most = max(most, offset(nanos(o.Device), nanos(o.Realtime)))
	}
	return sample{max(ops, 1), []reading{{"offset-ns", most}}}, nil
}

func nanos(t unix.PtpClockTime) int64 { return t.Sec*int64(time.Second) + int64(t.Nsec) }

// offset returns how far two clocks are apart, but for whole seconds: a PTP clock
// mostly keeps TAI, and the system clock UTC.
func offset(a, b int64) float64 {
	return math.Abs(math.Remainder(float64((a-b)%int64(time.Second)), float64(time.Second)))
}
