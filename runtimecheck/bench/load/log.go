package load

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// WriteLog writes the series as a log of HdrHistogram (V2), an interval each, tagged with
// its phase: the latencies of answered calls in nanoseconds. It needs a plan with
// KeepHistograms.
func (r *Result) WriteLog(w io.Writer) error {
	if !r.Plan.KeepHistograms {
		return errors.New("writing the log of histograms: the run did not keep them")
	}
	l := hdrhistogram.NewHistogramLogWriter(w)
	if err := errors.Join(l.OutputLogFormatVersion(), l.OutputStartTime(r.Begin.UnixMilli()), l.OutputLegend()); err != nil {
		return fmt.Errorf("writing the log of histograms: %w", err)
	}
	for _, in := range r.Series {
		if err := r.writeInterval(l, in); err != nil {
			return fmt.Errorf("writing the log of histograms: %w", err)
		}
	}
	return nil
}

func (r *Result) writeInterval(l *hdrhistogram.HistogramLogWriter, in Interval) error {
	if in.Failed+in.Unsent > 0 {
		if err := l.OutputComment(fmt.Sprintf("%d calls failed and %d were not sent from %v on", in.Failed, in.Unsent, in.Start)); err != nil {
			return err
		}
	}
	if in.histogram == nil {
		return nil
	}
	h, err := hdrhistogram.Decode(in.histogram)
	if err != nil {
		return fmt.Errorf("decoding what was kept: %w", err)
	}
	h.SetTag(tag(in.Phase))
	h.SetStartTimeMs(r.Begin.Add(in.Start).UnixMilli())
	h.SetEndTimeMs(r.Begin.Add(in.End).UnixMilli())
	return l.OutputIntervalHistogram(h)
}

// tag makes a name one that the format allows.
func tag(name string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(", \r\n\t", c) {
			return '_'
		}
		return c
	}, name)
}
