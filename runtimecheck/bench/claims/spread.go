package claims

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// workers has n goroutines do work until d has passed, and returns the arm's sample:
// operations a second, and percentiles of the times that the work recorded. Each gets a
// worker of its own from make.
func workers(ctx context.Context, n int, d time.Duration, make func(i int) worker) sample {
	all := newTeam(n, make)
	return all.sample(all.work(ctx, d))
}

// A worker does one operation.
type worker func()

// timedEvery is how many operations there are to each one that is timed: taking the
// time costs as much as a short operation itself.
const timedEvery = 8

// A team is workers with their records.
type team []*member

type member struct {
	do    worker
	times recorder
	ops   int64
	_     [64]byte // of its own cache line
}

func newTeam(n int, make func(i int) worker) team {
	t := team{}
	for i := range n {
		t = append(t, &member{do: make(i), times: newRecorder()})
	}
	return t
}

// work has all work until d has passed, and returns the time it took.
func (t team) work(ctx context.Context, d time.Duration) time.Duration {
	var ready, done sync.WaitGroup
	gate := make(chan struct{})
	var start time.Time
	for _, m := range t {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-gate
			m.work(ctx, start.Add(d))
		})
	}
	ready.Wait()
	start = time.Now()
	close(gate)
	done.Wait()
	return time.Since(start)
}

func (m *member) work(ctx context.Context, end time.Time) {
	for ctx.Err() == nil {
		for range timedEvery - 1 {
			m.do()
		}
		before := time.Now()
		m.do()
		after := time.Now()
		m.times.record(after.Sub(before))
		m.ops += timedEvery
		if !after.Before(end) {
			return
		}
	}
}

// An account is what something had cost before the work began.
type account interface {
	since(ops int64) []reading // the cost since then
}

// sample is what a team yields that has worked so long, with what else was accounted.
func (t team) sample(took time.Duration, more ...account) sample {
	ops := t.ops()
	var costs []reading
	for _, m := range more {
		costs = append(costs, m.since(ops)...) // before the records are merged, which allocates
	}
	s := sample{ops: ops, readings: []reading{{"op/s", float64(ops) / took.Seconds()}}}
	s.readings = append(s.readings, together(t.recorders()).readings()...)
	s.readings = append(s.readings, costs...)
	return s
}

func (t team) ops() (n int64) {
	for _, m := range t {
		n += m.ops
	}
	return n
}

func (t team) recorders() (all []recorder) {
	for _, m := range t {
		all = append(all, m.times)
	}
	return all
}

// cores returns how many goroutines can run at a time, at most most.
func cores(most int) int { return min(runtime.GOMAXPROCS(0), most) }

// several is the error of a bench that needs goroutines that run at the same time.
func several() error {
	if runtime.GOMAXPROCS(0) < 2 {
		return unmeasurable("one CPU is all there is, and two goroutines must run at a time")
	}
	return nil
}
