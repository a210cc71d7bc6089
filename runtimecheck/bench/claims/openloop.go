package claims

import (
	"context"
	"sync"
	"time"
)

// A load is work that comes at a rate, whether or not the work before it is done: some
// operations at each beat.
type load struct {
	beat  time.Duration
	burst int // operations that are due at each beat
}

// offer calls start for each operation that is due within d, with the time when it was
// due, and returns how many there were. It never leaves one out: a beat that comes late
// finds its operations late by as much.
func (l load) offer(ctx context.Context, d time.Duration, start func(due time.Time)) (ops int64) {
	begin := time.Now()
	for at := l.beat; at < d+l.beat && ctx.Err() == nil; at += l.beat {
		due := begin.Add(at)
		time.Sleep(time.Until(due))
		for range l.burst {
			start(due)
			ops++
		}
	}
	return ops
}

// goroutines does each operation of a load in a goroutine of its own, and returns the
// percentiles of the times from when each was due until it was done.
func (l load) goroutines(ctx context.Context, d time.Duration, do func()) sample {
	times := newRecorder()
	var mu sync.Mutex // guards times
	var all sync.WaitGroup
	ops := l.offer(ctx, d, func(due time.Time) {
		all.Go(func() {
			do()
			took := time.Since(due)
			mu.Lock()
			times.record(took)
			mu.Unlock()
		})
	})
	all.Wait()
	return sample{ops, times.readings()}
}
