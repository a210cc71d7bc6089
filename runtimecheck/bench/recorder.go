package bench

import (
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/lagvet/lagvet/runtimecheck/bench/unit"
)

// A recorder collects how long operations took.
type recorder struct {
	origin  time.Time // instants are times since then: one reading of the monotonic clock
	values  *hdrhistogram.Histogram
	largest time.Duration
	beyond  int64 // operations that took longer than the histogram has room for
}

// The range and the precision of the histogram: to a thousandth of the value, in 264 KiB
// of which an operation touches a few lines.
const (
	longest = time.Hour
	digits  = 3
)

func newRecorder() *recorder {
	return &recorder{origin: time.Now(), values: hdrhistogram.New(1, int64(longest), digits)}
}

// An Op is an operation that is under way.
type Op struct {
	recorder *recorder
	began    time.Duration
}

func (r *recorder) op() Op { return Op{r, time.Since(r.origin)} }

// Done ends the operation.
func (o Op) Done() { o.recorder.add(time.Since(o.recorder.origin) - o.began) }

func (r *recorder) add(d time.Duration) {
	r.largest = max(r.largest, d)
	if err := r.values.RecordValue(int64(d)); err != nil {
		r.beyond++
	}
}

func (r *recorder) merge(from *recorder) {
	r.beyond += from.beyond + r.values.Merge(from.values)
	r.largest = max(r.largest, from.largest)
}

// overhead measures what an operation costs that does nothing, in nanoseconds: the median
// of some batches, for whatever interrupts one makes it dearer.
func overhead() float64 {
	const batches, each = 21, 500
	r := newRecorder()
	costs := hdrhistogram.New(1, int64(time.Second), digits)
	for range batches {
		began := time.Since(r.origin)
		for range each {
			o := r.op()
			o.Done()
		}
		_ = costs.RecordValue(int64(min(time.Since(r.origin)-began, time.Second)))
	}
	return float64(costs.ValueAtQuantile(50)) / each
}

// beyondIt is how many operations must be slower than a percentile, for it to be more than
// the word of a few.
const beyondIt = 5

// A percentile is a share of operations, of which the slowest is reported.
type percentile float64

const (
	p50  percentile = 0.5
	p99  percentile = 0.99
	p999 percentile = 0.999
)

// needs returns how many operations it takes for beyondIt of them to be slower.
func (p percentile) needs() int64 { return int64(math.Round(beyondIt / (1 - float64(p)))) }

func (r *report) percentiles(rec *recorder) {
	r.b.Helper()
	n := rec.values.TotalCount()
	for _, p := range []struct {
		percentile
		unit string
	}{{p50, unit.P50}, {p99, unit.P99}, {p999, unit.P999}} {
		if n < p.needs() {
			r.say("%s is not reported: %d operations are too few, it takes %d", p.unit, n, p.needs())
			continue
		}
		r.metric(p.unit, min(float64(rec.values.ValueAtQuantile(100*float64(p.percentile))), float64(rec.largest)))
	}
	if n+rec.beyond > 0 {
		r.metric(unit.Max, float64(rec.largest))
	} else {
		r.say("no operation was measured: each begins with Op and ends with Done")
	}
	if rec.beyond > 0 {
		r.say("%d operations took longer than %v and are in no percentile", rec.beyond, longest)
	}
}
