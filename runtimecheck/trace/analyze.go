package trace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// defaultSlowest is how many spans of a group are kept whole if nothing is said.
const defaultSlowest = 5

func (o *Options) slowest() int {
	switch {
	case o.Slowest == 0:
		return defaultSlowest
	case o.Slowest < 0:
		return 0
	}
	return o.Slowest
}

// Analyze reads a trace and says what its spans waited for. It reads once and from the
// front, and needs memory by what lives at one time in the program, not by the length
// of the trace.
//
// What cannot be told, or not wholly, is among the report's problems. Of a trace that
// is cut off or damaged the report is of what comes before, and Info.Cut says so: the
// runtime writes about a second at a time, and of one that is not whole nothing can be
// read. There is an error, and no report, if nothing could be read at all, or if ctx
// ended.
func Analyze(ctx context.Context, r io.Reader, o Options) (*Report, error) {
	if len(o.Functions) > math.MaxUint16 {
		return nil, fmt.Errorf("looking for calls of %d functions: there can be %d", len(o.Functions), math.MaxUint16)
	}
	o.Functions = slices.Compact(slices.Sorted(slices.Values(o.Functions)))
	t := newTables(o.Functions)
	events, err := newReader(r, t)
	if err != nil {
		return nil, fmt.Errorf("reading the trace: %w", err)
	}
	e := newEngine(o, t)
	e.info.Go = events.version
	if err := e.run(ctx, events); err != nil {
		return nil, fmt.Errorf("reading the trace: %w", err)
	}
	return e.report(), nil
}

// batchSize is how many events are read at a time, and between looks at the context.
const batchSize = 128

// run takes all events. A source that fails after some is cut off there.
func (e *engine) run(ctx context.Context, s source) error {
	batch := make([]event, batchSize)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := s.read(batch)
		for i := range batch[:n] {
			e.take(&batch[i])
		}
		if err != nil {
			return e.ended(err)
		}
	}
}

// ended tells whether what ended the trace leaves anything to report.
func (e *engine) ended(err error) error {
	switch end := errors.Is(err, io.EOF); {
	case end && e.info.Events == 0:
		return errors.New("it holds no events: it is cut off within the first second, or tracing was stopped at once")
	case end:
		return nil
	case e.info.Events == 0:
		return fmt.Errorf("nothing in it can be read, it is cut off within its first second or damaged: %w", brief(err))
	}
	e.info.Cut = brief(err).Error()
	return nil
}

// brief keeps the first line of what the library says: the state that it is in
// follows.
func brief(err error) error {
	line, _, more := strings.Cut(err.Error(), "\n")
	if !more {
		return err
	}
	return errors.New(strings.TrimRight(line, ": "))
}

func compareTimes(a, b time.Duration) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}
