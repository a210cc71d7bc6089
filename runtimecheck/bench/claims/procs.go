package claims

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

const taskLength = 50 * time.Microsecond // of a short task: some times what starting a goroutine costs

func procsClaims() []Claim {
	return []Claim{{
		ID:        "procs.fitted",
		Technique: "GOMAXPROCS fitted to the CPUs that there are",
		Says:      "with 4 instead of 16, P99 fell from 48 to 31 ms",
		Holds:     []Condition{faster(procsArm(1), procsArm(4), "p99-ns/op", 31.0/48)},
		Disputed:  "from Go 1.25 on the runtime follows the CPU quota by itself, so that fitting it by hand changes nothing where it gets the quota right",
		Why:       "more Ps than CPUs leave it to the kernel which goroutine runs: a thread that holds work is taken off its CPU, and the others cannot steal what it holds",
		Do:        "leave GOMAXPROCS unset from Go 1.25 on; before, set it to the quota rounded down; lagvet doctor tells both",
		Effect:    apart,
		bench:     benchProcs,
	}}
}

// procsArm names the arm with so many times the CPUs.
func procsArm(times float64) string {
	return fmt.Sprintf("GOMAXPROCS %v × CPUs", times)
}

// benchProcs offers short tasks at a rate that takes two fifths of the CPUs, by
// GOMAXPROCS.
func benchProcs(ctx context.Context, r *run) error {
	cpus := runtime.GOMAXPROCS(0) // what the quota allows, too
	defer runtime.GOMAXPROCS(cpus)
	n := steps(taskLength)
	const beat = time.Millisecond
	l := load{beat, max(int(0.4*float64(cpus)*float64(beat)/float64(taskLength)), 1)}
	var arms []arm
	for _, times := range []float64{0.5, 1, 2, 4} {
		procs := int(times * float64(cpus))
		if procs < 1 {
			continue
		}
		arms = append(arms, arm{procsArm(times), func(ctx context.Context, d time.Duration) (sample, error) {
			runtime.GOMAXPROCS(procs)
			return l.goroutines(ctx, d, func() { runtime.KeepAlive(turn(n)) }), nil
		}})
	}
	r.note("%d tasks of %v are due each millisecond, on %d CPUs; times count from when they were due", l.burst, taskLength, cpus)
	return r.interleave(ctx, arms...)
}
