package claims

import (
	"context"
	"runtime"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/system"
)

func clockClaims() []Claim {
	const now, raw, coarse = "time.Now", "CLOCK_MONOTONIC_RAW", "CLOCK_MONOTONIC_COARSE"
	return []Claim{{
		ID:        "clock.now",
		Technique: "time.Now for stamps",
		Says:      "25 ns a call (of three figures for three clocks: 25, 2 and 12 ns)",
		Holds:     []Condition{{Arm: now, Unit: "ns/op", Claimed: 25, Max: 2 * 25}},
		Why:       "it reads two clocks, by the vDSO without a system call if the kernel's clock source allows it (tsc does, hpet and acpi_pm do not)",
		Do:        "for durations time.Since of one time.Now, which reads one clock; see that the clock source is tsc (lagvet doctor, clock.source)",
		bench:     benchClocks,
	}, {
		ID:        "clock.raw",
		Technique: "CLOCK_MONOTONIC_RAW instead of the wall clock for stamps of orders",
		Says:      "12 instead of 25 ns a call",
		Holds:     []Condition{faster(raw, now, "ns/op", 12.0/25)},
		Why:       "the kernel does not slew this clock; but Go reaches the vDSO only for time.Now, so that any other clock costs a system call (or a call to C)",
		Do:        "take durations by time.Now and Sub, which go by CLOCK_MONOTONIC; NTP slews that by 500 ppm at most. lagvet's rule walltime finds durations by the wall clock",
		bench:     benchClocks,
	}, {
		ID:        "clock.coarse",
		Technique: "a cheaper and coarser clock, where a tick of the kernel is exact enough",
		Says:      "2 instead of 25 ns a call (which clock that was is not said; this one is the cheapest that Linux has)",
		Holds:     []Condition{faster(coarse, now, "ns/op", 2.0/25)},
		Why:       "it is a variable that the kernel sets at each tick, 1 to 10 ms apart; by a system call most of the gain is gone",
		Do:        "if many stamps need no more, have one goroutine store time.Now in an atomic variable each millisecond",
		bench:     benchClocks,
	}, {
		ID:        "clock.ptp",
		Technique: "clocks kept by PTP",
		Says:      "within 12 ns",
		Holds:     []Condition{{Arm: "PTP clock against system clock", Unit: "offset-ns", Claimed: 12, Max: 12}},
		Why:       "stamps of two machines can be compared to the error of both clocks, and no better",
		Do:        "run ptp4l and phc2sys with a NIC that stamps in hardware; on guests take the host's clock (ptp_kvm) with chrony. lagvet doctor --only clock tells what there is",
		bench:     benchPTP,
	}}
}

// benchClocks reads each clock again and again. What a clock shows is kept, so that no
// call can be left out.
func benchClocks(ctx context.Context, r *run) error {
	start := time.Now()
	arms := []arm{
		clockArm("time.Now", func() int64 { return time.Now().UnixNano() }),
		clockArm("time.Since", func() int64 { return int64(time.Since(start)) }),
	}
	others, err := kernelClocks()
	if err != nil {
		return err
	}
	for _, c := range others {
		arms = append(arms, clockArm(c.name, c.read))
	}
	if source, err := system.Here().Read("/sys/devices/system/clocksource/clocksource0/current_clocksource"); err == nil {
		r.note("the kernel's clock source is %s", source)
	}
	r.note("all but the first two are read by system calls, since Go has no other way to them without C; step is by how much a clock moves on")
	return r.interleave(ctx, arms...)
}

// A kernelClock is a clock that is read by a system call, in nanoseconds.
type kernelClock struct {
	name string
	read func() int64
}

// clockArm measures what it costs to read a clock, and its step.
func clockArm(name string, read func() int64) arm {
	cost := loop(name, func(n int) {
		var sum int64
		for range n {
			sum += read()
		}
		runtime.KeepAlive(sum)
	})
	return arm{name, func(ctx context.Context, d time.Duration) (sample, error) {
		s, err := cost.do(ctx, d)
		s.readings = append(s.readings, reading{"step-ns", float64(step(read))})
		return s, err
	}}
}

// step returns the least by which a clock was seen to move on.
func step(read func() int64) int64 {
	const tries = 1000
	least := int64(time.Second)
	for range tries {
		before := read()
		after := read()
		if after == before {
			for end := time.Now().Add(20 * time.Millisecond); after == before && time.Now().Before(end); {
				after = read()
			}
			return max(min(least, after-before), 0) // a coarse clock: waiting for one step is enough
		}
		least = min(least, max(after-before, 0))
	}
	return least
}
