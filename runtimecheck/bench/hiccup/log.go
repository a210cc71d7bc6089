package hiccup

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// An intervalLog writes what was seen of each interval.
type intervalLog struct {
	to    *hdrhistogram.HistogramLogWriter
	began time.Time // the interval
	base  time.Time // what times in the log count from: a whole second, for the format has no less
	err   error     // the first; nothing is written after it

	current, spare Result // current is written by the sleepers, under the meter's lock
}

func newIntervalLog(o Options, now time.Time) *intervalLog {
	return &intervalLog{
		to:      hdrhistogram.NewHistogramLogWriter(o.Log),
		began:   now,
		base:    now.Truncate(time.Second),
		current: newResult(o),
		spare:   newResult(o),
	}
}

// begin writes the head of the log.
func (l *intervalLog) begin() error {
	l.to.SetBaseTime(l.base.UnixMilli())
	for _, write := range []func() error{
		func() error {
			return l.to.OutputComment("[Logged with lagvet, hiccups in nanoseconds, maxima in milliseconds]")
		},
		l.to.OutputLogFormatVersion,
		func() error { return l.to.OutputBaseTime(l.base.UnixMilli()) },
		func() error { return l.to.OutputStartTime(l.began.UnixMilli()) },
		l.to.OutputLegend,
	} {
		if err := write(); err != nil {
			return fmt.Errorf("writing the head of the hiccup log: %w", err)
		}
	}
	return nil
}

// writeLog writes each interval when it is over; Stop writes the rest.
func (m *Meter) writeLog() {
	tick := time.NewTicker(m.options.LogEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			m.writeInterval()
		case <-m.stop:
			return
		}
	}
}

// writeInterval gives the sleepers an empty result to go on with, so that they wait for
// no writer.
func (m *Meter) writeInterval() {
	l := m.log
	m.mu.Lock()
	l.current, l.spare = l.spare, l.current
	m.mu.Unlock()
	now := time.Now()
	for i, h := range l.spare.histograms() {
		if *h == nil {
			continue
		}
		if l.err == nil && (*h).Count() > 0 {
			l.err = l.write(*h, tags[i], now)
		}
		(*h).reset()
	}
	l.began = now
}

// tags are the names of Result.histograms in the log.
var tags = [...]string{"goroutine", "thread", "kernel", "scheduler"}

func (l *intervalLog) write(h *Histogram, tag string, now time.Time) error {
	h.values.SetTag(tag)
	h.values.SetStartTimeMs(l.began.UnixMilli())
	h.values.SetEndTimeMs(now.UnixMilli())
	if err := l.to.OutputIntervalHistogram(h.values); err != nil {
		return fmt.Errorf("writing the hiccup log: %w", err)
	}
	return nil
}
