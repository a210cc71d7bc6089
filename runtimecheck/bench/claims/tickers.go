package claims

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// period is that of the loops.
const period = 10 * time.Millisecond

func tickerClaims() []Claim {
	const free, locked, asleep, corrected = "ticker", "ticker, locked thread", "Sleep(10 ms)", "Sleep until due"
	return []Claim{{
		ID:        "ticker.error",
		Technique: "a 10 ms ticker is only so exact",
		Says:      "a tick is off by 0.3 ms (0.21 on average; 1.87 late and 1.32 early at most)",
		Holds:     []Condition{{Arm: free, Unit: "off-ns/op", Claimed: 0.3e6, Max: 0.3e6}},
		Why:       "a tick is when a thread has been woken and a P is free; the kernel may let it sleep some 50 µs longer (timer slack)",
		Do:        "take the time from the clock, not from the number of ticks; for less than this spin on a CPU of your own",
		Effect:    300 * time.Microsecond,
		bench:     benchTickers,
	}, {
		ID:        "ticker.correction",
		Technique: "a periodic loop that sleeps until the next tick is due, instead of for the period",
		Says:      "each tick is 0.21 ms late on average, which adds up unless the next one makes up for it. What would show it: with correction less than half of the delay is left at the end",
		Holds:     []Condition{{Arm: corrected, Against: asleep, Unit: "drift-ns/op", Max: 0.5}},
		Why:       "sleeping for the period adds what the work and each wake-up took; a time.Ticker keeps to its schedule by itself, and drops ticks that nobody took",
		Do:        "compute each due time from the first (start plus n periods) and sleep until then, or use a time.Ticker",
		bench:     benchTickers,
	}, {
		ID:        "ticker.locked",
		Technique: "a loop that must be on time, on a locked thread",
		Says:      "it is more on time; no figure is claimed",
		Holds:     []Condition{less(locked, free, "off-ns/op")},
		Why:       "a goroutine on a locked thread must be woken on that thread: the runtime hands it over from the thread that saw the timer, which is one switch more",
		Do:        "lock the thread only to pin it, or to give it a real-time priority; by itself it makes nothing earlier",
		Effect:    300 * time.Microsecond,
		bench:     benchTickers,
	}}
}

// benchTickers does the same periodic loop by a ticker, free and on a locked thread, by
// sleeping for the period, and by sleeping until each tick is due.
func benchTickers(ctx context.Context, r *run) error {
	r.note("off is how far the time between two ticks is from %v, drift how late the last tick was, for each tick", period)
	return r.interleave(ctx,
		tickArm("ticker", byTicker),
		tickArm("ticker, locked thread", func(ctx context.Context, n int, tick func()) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			byTicker(ctx, n, tick)
		}),
		tickArm("Sleep(10 ms)", func(ctx context.Context, n int, tick func()) {
			for range n {
				time.Sleep(period)
				tick()
			}
		}),
		tickArm("Sleep until due", func(ctx context.Context, n int, tick func()) {
			start := time.Now()
			for i := range n {
				time.Sleep(time.Until(start.Add(time.Duration(i+1) * period)))
				tick()
			}
		}),
	)
}

func byTicker(ctx context.Context, n int, tick func()) {
	t := time.NewTicker(period)
	defer t.Stop()
	for range n {
		select {
		case <-t.C:
			tick()
		case <-ctx.Done():
			return
		}
	}
}

// tickArm counts as many ticks as fall into d, and looks when each came.
func tickArm(name string, ticks func(ctx context.Context, n int, tick func())) arm {
	return arm{name, func(ctx context.Context, d time.Duration) (sample, error) {
		n := max(int(d/period), 2)
		var off, most time.Duration
		start := time.Now()
		last, seen := start, 0
		ticks(ctx, n, func() {
			now := time.Now()
			e := (now.Sub(last) - period).Abs()
			off, most = off+e, max(most, e)
			last = now
			seen++
		})
		if seen != n {
			return sample{}, fmt.Errorf("%d ticks came, and %d were due: %w", seen, n, context.Cause(ctx))
		}
		drift := last.Sub(start) - time.Duration(n)*period
		return sample{int64(n), []reading{
			{"off-ns/op", nanoseconds(off) / float64(n)},
			{"off-max-ns", nanoseconds(most)},
			{"drift-ns/op", nanoseconds(drift) / float64(n)},
		}}, nil
	}}
}
