package claims

import (
	"context"
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// batch is how long work is done between two looks at the clock: reading it then costs
// less than a thousandth.
const batch = 200 * time.Microsecond

// loop returns an arm of calls that are too short to time one by one: f does n of them.
func loop(name string, f func(n int)) arm {
	return arm{name, func(ctx context.Context, d time.Duration) (sample, error) {
		ops, cost := repeat(ctx, d, f)
		return sample{ops, []reading{{"ns/op", cost}}}, nil
	}}
}

// repeat calls f for about d, and returns how many operations it did, and what one costs
// in ns: the median of batches, so that one in which the thread had to leave its CPU does
// not count as the cost of calls.
func repeat(ctx context.Context, d time.Duration, f func(n int)) (ops int64, cost float64) {
	n := 1
	var costs []float64
	for end := time.Now().Add(d); ; {
		before := time.Now()
		f(n)
		now := time.Now()
		took := now.Sub(before)
		ops += int64(n)
		over := !now.Before(end) || ctx.Err() != nil
		if took < batch/2 && !over {
			n *= 2 // still finding out how many make a batch
			costs = costs[:0]
			continue
		}
		costs = append(costs, nanoseconds(took)/float64(n))
		if over {
			return ops, Median(costs)
		}
	}
}

// A recorder keeps how long operations took.
type recorder struct{ *hdrhistogram.Histogram }

// longest is what can be told apart from anything longer: longer operations count as it.
const longest = time.Minute

// newRecorder returns one that is accurate to three digits.
func newRecorder() recorder {
	return recorder{hdrhistogram.New(1, longest.Nanoseconds(), 3)}
}

// record keeps one operation.
func (r recorder) record(d time.Duration) {
	ns := min(max(d.Nanoseconds(), 0), longest.Nanoseconds())
	if err := r.RecordValue(ns); err != nil {
		panic(fmt.Sprintf("%d ns are out of the range of 0 to %d: %v", ns, longest, err)) // cannot be
	}
}

// readings returns the median, P99 and the longest.
func (r recorder) readings() []reading {
	return []reading{
		{"p50-ns/op", float64(r.ValueAtPercentile(50))},
		{"p99-ns/op", float64(r.ValueAtPercentile(99))},
		{"max-ns/op", float64(r.Max())},
	}
}

// together merges what several goroutines have recorded.
func together(all []recorder) recorder {
	sum := newRecorder()
	for _, r := range all {
		if dropped := sum.Merge(r.Histogram); dropped > 0 {
			panic(fmt.Sprintf("%d values are out of range", dropped)) // they have one range
		}
	}
	return sum
}

// overhead measures what measuring costs: an empty loop, and a stamp of an operation
// that takes no time.
func overhead() *Overhead {
	const d = 20 * time.Millisecond
	ctx := context.Background()
	_, turned := repeat(ctx, d, func(n int) {
		for range n {
		}
	})
	r := newRecorder()
	_, stamped := repeat(ctx, d, func(n int) {
		for range n {
			r.record(time.Since(time.Now()))
		}
	})
	return &Overhead{Loop: turned, Stamp: stamped}
}

func nanoseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) }
