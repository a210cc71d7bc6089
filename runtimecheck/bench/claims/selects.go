package claims

import (
	"context"
	"runtime"
	"time"
)

func selectClaims() []Claim {
	const after, again, polling = "time.After for each", "one timer, reset", "polling"
	return []Claim{{
		ID:        "select.polling",
		Technique: "polling one channel instead of select with time.After in a loop",
		Says:      "P99 fell from 42 to 8 ms, and under twice the load from 317 to 15",
		Holds:     []Condition{faster(polling, after, "p99-ns/op", 8.0/42)},
		Why:       "each time.After makes a timer and a channel; but whoever polls holds a CPU while there is nothing to do, and where CPUs are short others wait for it",
		Do:        "reset one timer (or set a deadline once); poll only on a CPU that is set apart for it",
		Effect:    apart,
		bench:     benchSelect,
	}, {
		ID:        "select.timer",
		Technique: "one timer that is reset, instead of time.After in a loop",
		Says:      "less garbage and a shorter tail; no figure is claimed for this alone",
		Holds:     []Condition{less(again, after, "allocs/op"), less(again, after, "ns/op")},
		Why:       "time.After allocates a timer and a channel each time. From Go 1.23 on they are collected as soon as nobody has them; before, not until the timer fired",
		Do:        "make the timer once, and Reset it; Go 1.23 needs no draining",
		bench:     benchSelectCost,
	}}
}

// A receiver gets one message after the other until the channel is closed, and does
// something with each.
type receiver struct {
	name string
	get  func(c <-chan time.Time, each func(time.Time))
}

// patience is how long a receiver waits for a message before it would do something else:
// never reached, as time-outs should not be.
const patience = time.Minute

func receivers() []receiver {
	return []receiver{{"time.After for each", withAfter}, {"one timer, reset", withTimer}, {"polling", byPolling}}
}

func withAfter(c <-chan time.Time, each func(time.Time)) {
	for {
		select {
		case m, ok := <-c:
			if !ok {
				return
			}
			each(m)
		case <-time.After(patience): //lagvet:allow timerchurn -- this is what is measured
			return
		}
	}
}

func withTimer(c <-chan time.Time, each func(time.Time)) {
	t := time.NewTimer(patience)
	defer t.Stop()
	for {
		t.Reset(patience)
		select {
		case m, ok := <-c:
			if !ok {
				return
			}
			each(m)
		case <-t.C:
			return
		}
	}
}

func byPolling(c <-chan time.Time, each func(time.Time)) {
	for {
		select {
		case m, ok := <-c:
			if !ok {
				return
			}
			each(m)
		default:
			runtime.Gosched()
		}
	}
}

// benchSelect offers messages at a rate, and at twice the rate, and takes the time from
// when each was due until it was received.
func benchSelect(ctx context.Context, r *run) error {
	var arms []arm
	for _, l := range []struct {
		name string
		load
	}{{"", load{time.Millisecond, 100}}, {", twice the load", load{time.Millisecond, 200}}} {
		for _, way := range receivers() {
			arms = append(arms, arm{way.name + l.name, func(ctx context.Context, d time.Duration) (sample, error) {
				return l.receivedBy(ctx, d, way), nil
			}})
		}
	}
	r.note("100 messages are due each millisecond; times count from when they were due")
	return r.interleave(ctx, arms...)
}

func (l load) receivedBy(ctx context.Context, d time.Duration, way receiver) sample {
	c := make(chan time.Time, 64*l.burst)
	go func() {
		defer close(c)
		l.offer(ctx, d, func(due time.Time) { c <- due })
	}()
	times := newRecorder()
	before := allocated()
	way.get(c, func(due time.Time) { times.record(time.Since(due)) })
	ops := times.TotalCount()
	return sample{ops, append(times.readings(), before.since(ops)...)}
}

// benchSelectCost has messages ready all the time, and takes what receiving one costs.
func benchSelectCost(ctx context.Context, r *run) error {
	var arms []arm
	for _, way := range receivers() {
		arms = append(arms, arm{way.name, func(ctx context.Context, d time.Duration) (sample, error) {
			return readyFor(ctx, d, way), nil
		}})
	}
	return r.interleave(ctx, arms...)
}

func readyFor(ctx context.Context, d time.Duration, way receiver) sample {
	c := make(chan time.Time, room)
	go func() {
		defer close(c)
		var none time.Time
		for until := newDeadline(ctx, d); !until.over(); {
			c <- none
		}
	}()
	before := allocated()
	start := time.Now()
	ops := int64(0)
	way.get(c, func(time.Time) { ops++ })
	took := time.Since(start)
	return sample{ops, append([]reading{{"ns/op", nanoseconds(took) / float64(ops)}}, before.since(ops)...)}
}
