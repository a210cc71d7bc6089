package load

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Never is a percentile that lies among the calls that were not answered as they should.
const Never = time.Duration(math.MaxInt64)

// ErrTooFew is the error of a percentile of fewer calls than it takes for one of them to
// lie above it.
var ErrTooFew = errors.New("too few calls")

// Latencies are the times that calls took. The zero value is that of no calls.
type Latencies struct {
	answered *hdrhistogram.Histogram // nanoseconds, to three digits
	max      time.Duration           // of those answered
	failed   int64
}

// LatenciesOf returns the latencies of calls that something else has measured.
func LatenciesOf(answered []time.Duration, failed int64) Latencies {
	l := Latencies{failed: failed}
	for _, d := range answered {
		l.record(d)
	}
	return l
}

// newHistogram holds from a nanosecond to an hour, to three digits.
func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, int64(longest), 3)
}

// record adds an answered call. One that took more than an hour counts as an hour.
func (l *Latencies) record(d time.Duration) {
	if l.answered == nil {
		l.answered = newHistogram()
	}
	d = min(max(d, 1), longest)
	l.max = max(l.max, d)
	// Nothing is out of the range of the histogram any more.
	_ = l.answered.RecordValue(int64(d))
}

// Count is the number of calls.
func (l *Latencies) Count() int64 { return l.Answered() + l.failed }

// Answered is the number of calls that were answered as they should.
func (l *Latencies) Answered() int64 {
	if l.answered == nil {
		return 0
	}
	return l.answered.TotalCount()
}

// Failed is the number of all others. They are slower than any that was answered.
func (l *Latencies) Failed() int64 { return l.failed }

// Max is the longest of the answered calls.
func (l *Latencies) Max() time.Duration { return l.max }

// Needed is the number of calls that the percentile p takes: 100 for 99, 1000 for 99.9.
func Needed(p float64) int64 { return int64(math.Ceil(100/(100-p) - 1e-9)) }

// Percentile returns the latency that p % of all calls, failed ones among them, did not
// exceed; 0 < p < 100. The error is [ErrTooFew].
func (l *Latencies) Percentile(p float64) (time.Duration, error) {
	n := l.Count()
	if need := Needed(p); n < need {
		return 0, fmt.Errorf("%w for P%g: %d, and it takes %d", ErrTooFew, p, n, need)
	}
	return l.quantile(p), nil
}

// quantile is Percentile, of however few calls.
func (l *Latencies) quantile(p float64) time.Duration {
	rank := math.Ceil(p/100*float64(l.Count()) - 1e-9)
	if answered := l.Answered(); rank <= float64(answered) && answered > 0 {
		d := time.Duration(l.answered.ValueAtQuantile(100 * rank / float64(answered)))
		return min(d, l.max) // the histogram tells the upper end of the value's step
	}
	return Never
}

// Mean is that of the answered calls.
func (l *Latencies) Mean() time.Duration {
	if l.answered == nil {
		return 0
	}
	return time.Duration(l.answered.Mean())
}
