package claims

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

func gcClaims() []Claim {
	assists := "pauses of Go's collector are short anyway; what makes the tail are assists, goroutines that must mark before they may allocate, and a low GOGC or a tight limit makes more of them"
	return []Claim{{
		ID:        "gc.pause",
		Technique: "GOGC=50 and GOMEMLIMIT at three quarters of the memory, for short pauses",
		Says:      "pauses of 100 µs at most",
		Holds:     []Condition{{Arm: gcArm(50, 4), Unit: "pause-p99-ns", Claimed: 100e3, Max: 100e3}},
		Disputed:  assists,
		Why:       "each collection stops the world twice, for as long as it takes to stop all threads and to switch the write barrier on or off; how often that is, GOGC decides, not how long it takes",
		Do:        "leave GOGC at 100 and set GOMEMLIMIT to some 90 % of what the container may use; look at assists (lagvet doctor, gc.assist) before lowering GOGC",
		Effect:    apart,
		bench:     benchGCSweep,
	}, {
		ID:        "gc.tail",
		Technique: "GOGC=50 for a shorter tail",
		Says:      "follows from shorter pauses; no figure is claimed. What would show it: the P99 of operations that allocate falls against GOGC=100",
		Holds:     []Condition{less(gcArm(50, 0), gcArm(100, 0), "p99-ns/op")},
		Disputed:  assists,
		Why:       "collecting twice as often takes twice the CPU time, and has goroutines that allocate help twice as often",
		Do:        "raise GOGC as far as memory allows, and allocate less where it is hot",
		Effect:    apart,
		bench:     benchGCTail,
	}, {
		ID:        "gc.switch",
		Technique: "GOGC switched at run time by load",
		Says:      "time stopped fell from 18 to 2.8 ms",
		Holds:     []Condition{faster("switched", "GOGC=100", "stopped-ns/op", 2.8/18)},
		Why:       "fewer collections while there is load are fewer pauses; but SetGCPercent stops the world itself, and the memory has to be there",
		Do:        "set GOMEMLIMIT and a higher GOGC once, which has the same effect without code; lagvet's rule gcknob finds where it is switched on hot paths",
		Effect:    apart,
		bench:     benchGCSwitch,
	}}
}

// gcArm names a setting: GOGC, and the memory limit in times the live heap; 0: none.
func gcArm(percent int, limit float64) string {
	name := fmt.Sprintf("GOGC=%d", percent)
	if percent < 0 {
		name = "GOGC=off"
	}
	if limit > 0 {
		name += fmt.Sprintf(", limit %v × live", limit)
	}
	return name
}

// benchGCSweep runs the load under each setting of GOGC and of a memory limit: none, one
// that leaves room, and one that the heap nearly fills.
func benchGCSweep(ctx context.Context, r *run) error {
	var arms []arm
	load := newHeapLoad()
	for _, percent := range []int{25, 50, 100, 200, -1} {
		for _, limit := range []float64{0, 4, 1.75} {
			if percent > 0 || limit > 0 { // else nothing is ever collected
				arms = append(arms, load.under(percent, limit))
			}
		}
	}
	r.note("a live heap of %d MiB, of which %d goroutines replace parts", liveBytes>>20, cores(16))
	return r.interleave(ctx, arms...)
}

func benchGCTail(ctx context.Context, r *run) error {
	load := newHeapLoad()
	return r.interleave(ctx, load.under(50, 0), load.under(100, 0), load.under(200, 0), load.under(400, 0))
}

// under returns the arm of the load under a setting.
func (h *heapLoad) under(percent int, limit float64) arm {
	k := knob{percent, int64(limit * liveBytes)}
	return arm{gcArm(percent, limit), func(ctx context.Context, d time.Duration) (sample, error) {
		k.set()
		return h.allocate(ctx, d), nil
	}}
}

// benchGCSwitch has bursts of load and calm in turn, with one setting for both, or with
// GOGC raised for the burst.
func benchGCSwitch(ctx context.Context, r *run) error {
	load := newHeapLoad()
	r.note("half of the time is load, half is calm; switching is GOGC=400 under load, 50 in the calm")
	return r.interleave(ctx,
		arm{"GOGC=100", func(ctx context.Context, d time.Duration) (sample, error) {
			knob{percent: 100}.set()
			return load.bursts(ctx, d, func(bool) {}), nil
		}},
		arm{"switched", func(ctx context.Context, d time.Duration) (sample, error) {
			knob{percent: 50}.set()
			return load.bursts(ctx, d, func(busy bool) {
				if busy {
					debug.SetGCPercent(400)
				} else {
					debug.SetGCPercent(50)
				}
			}), nil
		}},
		arm{"GOGC=400", func(ctx context.Context, d time.Duration) (sample, error) {
			knob{percent: 400}.set()
			return load.bursts(ctx, d, func(bool) {}), nil
		}},
	)
}

// bursts has load and calm take turns, and tells each time which it is.
func (h *heapLoad) bursts(ctx context.Context, d time.Duration, begins func(busy bool)) sample {
	const phases = 2
	n := cores(16)
	t := newTeam(n, func(i int) worker { return h.worker(i, n) })
	before := collected()
	var took time.Duration
	for range phases {
		begins(true)
		took += t.work(ctx, d/(2*phases))
		begins(false)
		time.Sleep(d / (2 * phases))
	}
	return t.sample(took, before)
}
