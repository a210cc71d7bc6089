package sampler

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// A Window keeps the samples of the last seconds in memory.
type Window struct {
	sampler *Sampler
	kept    *kept
}

// Keep begins to sample a process, and keeps the samples of at least the last while,
// which must be positive. What is kept is text, about 100 bytes for each sample and 30
// for each thread that ran since the one before.
func Keep(last time.Duration, o Options) (*Window, error) {
	if last <= 0 {
		return nil, fmt.Errorf("keeping samples of the last %v: it must be more than nothing", last)
	}
	src, err := open(&o)
	if err != nil {
		return nil, err
	}
	k := &kept{last: last}
	s, err := start(src, k, o.Interval, func(int64) error { return nil })
	if err != nil {
		return nil, err
	}
	return &Window{s, k}, nil
}

// WriteTo takes a sample and writes all that are kept, as a file of samples that can be
// read by [Read]. The error of a sample that could not be taken comes after what there
// was before is written.
func (w *Window) WriteTo(to io.Writer) (int64, error) {
	err := w.sampler.take()
	n, writing := w.kept.writeTo(to)
	if writing != nil {
		return n, fmt.Errorf("writing samples: %w", writing)
	}
	return n, err
}

// Stop takes no more samples; those that are kept can still be written. The error is as
// of [Sampler.Stop].
func (w *Window) Stop() error { return w.sampler.Stop() }

// kept are lines, in segments that begin with a whole sample: the first segments can be
// dropped and the rest be read.
type kept struct {
	last time.Duration

	mu       sync.Mutex
	head     []byte
	segments []segment
}

// A segment is only ever added to.
type segment struct {
	text    []byte
	from    time.Duration
	samples int64
}

func (k *kept) line(b []byte, at time.Duration, whole bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.head == nil {
		k.head = slices.Clone(b)
		return nil
	}
	if whole {
		k.drop(at - k.last)
		k.segments = append(k.segments, segment{from: at})
	}
	s := &k.segments[len(k.segments)-1]
	s.text = append(s.text, b...)
	s.samples++
	return nil
}

// drop forgets segments that hold nothing after a time: those whose next one begins
// before it.
func (k *kept) drop(before time.Duration) {
	n := 0
	for n+1 < len(k.segments) && k.segments[n+1].from <= before {
		n++
	}
	k.segments = slices.Delete(k.segments, 0, n)
}

func (k *kept) writeTo(w io.Writer) (int64, error) {
	k.mu.Lock()
	head, segments := k.head, slices.Clone(k.segments)
	k.mu.Unlock()
	var n, samples int64
	write := func(b []byte) error {
		m, err := w.Write(b)
		n += int64(m)
		return err
	}
	if err := write(head); err != nil {
		return n, err
	}
	for _, s := range segments {
		samples += s.samples
		if err := write(s.text); err != nil {
			return n, err
		}
	}
	return n, write(encodeEnd(samples))
}
