package claims

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

func cachelineClaims() []Claim {
	return []Claim{{
		ID:        "cacheline.padded",
		Technique: "what different CPUs write, on cache lines of their own",
		Says:      "from 4.8 to 1.1 µs",
		Holds:     []Condition{faster("a line each", "one line", "ns/op", 1.1/4.8)},
		Why:       "a CPU that writes takes the whole line away from the others, also if they write other bytes of it",
		Do:        "pad per-CPU counters and the indices of queues (golang.org/x/sys/cpu.CacheLinePad); lagvet's rule falseshare finds fields that share one",
		Effect:    apart,
		needs:     several,
		bench:     benchCachelines,
	}}
}

func benchCachelines(ctx context.Context, r *run) error {
	const most = 8 // counters that fit on a line
	n := cores(most)
	near := new([most]atomic.Int64) // 64 bytes, which the allocator aligns to as many
	far := new([most]struct {
		atomic.Int64
		_ [pad - 8]byte
	})
	r.note("%d goroutines count, each on a counter of its own; on CPUs that are threads of one core they share its cache anyway", n)
	return r.interleave(ctx,
		countArm("one line", n, func(i int) *atomic.Int64 { return &near[i] }),
		countArm("a line each", n, func(i int) *atomic.Int64 { return &far[i].Int64 }),
	)
}

// countArm has n goroutines count at the same time.
func countArm(name string, n int, counter func(i int) *atomic.Int64) arm {
	return arm{name, func(ctx context.Context, d time.Duration) (sample, error) {
		var all sync.WaitGroup
		var ops atomic.Int64
		start := time.Now()
		for i := range n {
			c := counter(i)
			all.Go(func() {
				before := c.Load()
				for until := newDeadline(ctx, d); !until.over(); {
					for range 64 {
						c.Add(1)
					}
				}
				ops.Add(c.Load() - before)
			})
		}
		all.Wait()
		took := time.Since(start)
		return sample{ops.Load(), []reading{{"ns/op", nanoseconds(took) * float64(n) / float64(ops.Load())}}}, nil
	}}
}
