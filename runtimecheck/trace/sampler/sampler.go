package sampler

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Options say what is sampled.
type Options struct {
	PID      int           // of the process; 0 is this one
	Interval time.Duration // between two samples; 0 is [Interval]
}

const (
	// Interval is how often samples are taken by default: ten times in a period of a
	// quota, which is 100 ms unless set otherwise (cpu.max in the kernel's
	// Documentation/admin-guide/cgroup-v2.rst).
	Interval = 10 * time.Millisecond
	// Shortest is the least interval: the kernel books what threads ran and waited at its
	// ticks, 1 to 10 ms apart.
	Shortest = time.Millisecond
	// wholeEvery is after how long a sample is written whole.
	wholeEvery = time.Second
)

// A sink takes lines.
type sink interface {
	// line takes one, which is valid until it returns.
	line(b []byte, at time.Duration, whole bool) error
}

// A Sampler takes samples until it is stopped.
type Sampler struct {
	stop sync.Once
	quit chan struct{}
	done chan struct{} // closed when no more samples are taken

	mu      sync.Mutex
	source  source
	sink    sink
	encoder encoder
	whole   time.Duration // when the last whole sample was taken
	samples int64
	err     error // why it takes no more

	finish func(samples int64) error
}

// Start begins to sample a process, and writes to w, which no one else may write to
// until Stop.
func Start(w io.Writer, o Options) (*Sampler, error) {
	src, err := open(&o)
	if err != nil {
		return nil, err
	}
	f := &file{bufio.NewWriterSize(w, 1<<16)}
	s, err := start(src, f, o.Interval, f.finish)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// open checks the options, fills them in, and looks for what is to be sampled.
func open(o *Options) (source, error) {
	if o.Interval == 0 {
		o.Interval = Interval
	}
	if o.Interval < Shortest {
		return nil, fmt.Errorf("sampling every %v: the kernel's accounts tell nothing of less than %v", o.Interval, Shortest)
	}
	if o.PID == 0 {
		o.PID = os.Getpid()
	}
	src, err := observe(o.PID, o.Interval)
	if err != nil {
		return nil, fmt.Errorf("sampling process %d: %w", o.PID, err)
	}
	return src, nil
}

// start takes a first sample and goes on to take them.
func start(src source, to sink, interval time.Duration, finish func(int64) error) (*Sampler, error) {
	s := &Sampler{quit: make(chan struct{}), done: make(chan struct{}), source: src, sink: to, finish: finish}
	head, err := encodeHeader(src.header())
	if err == nil {
		err = to.line(head, 0, false)
	}
	if err == nil {
		err = s.take()
	}
	if err != nil {
		return nil, errors.Join(err, src.close())
	}
	go s.run(interval)
	return s, nil
}

func (s *Sampler) run(interval time.Duration) {
	defer close(s.done)
	p := pace{interval: interval}
	timer := time.NewTimer(interval)
	defer timer.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-timer.C:
		}
		start := time.Now()
		if s.take() != nil {
			return // Stop tells
		}
		timer.Reset(p.next(time.Since(start), s.threads()))
	}
}

// share of the time of one CPU that looks may take.
const share = 1. / 50

// A pace is how fast samples follow each other.
type pace struct {
	interval time.Duration
	each     time.Duration // the least that a look took for each thread; 0 before the first
}

// next returns how long to wait, after a look took so long: longer than the interval if
// looks at so many threads would else take too much. It goes by the fastest look, for
// the others were held up, which is when samples are wanted.
func (p *pace) next(took time.Duration, threads int) time.Duration {
	each := max(took/time.Duration(threads+1), 1)
	if p.each == 0 || each < p.each {
		p.each = each
	}
	cost := p.each * time.Duration(threads+1)
	return max(p.interval, time.Duration(float64(cost)/share))
}

// take takes a sample.
func (s *Sampler) take() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	s.err = s.sample()
	return s.err
}

// threads returns how many there were last.
func (s *Sampler) threads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.encoder.threads)
}

func (s *Sampler) sample() error {
	l, err := s.source.look()
	if err != nil {
		return fmt.Errorf("sampling: %w", err)
	}
	whole := s.samples == 0 || l.at-s.whole >= wholeEvery
	if whole {
		s.whole = l.at
	}
	s.samples++
	if err := s.sink.line(s.encoder.encode(l, whole), l.at, whole); err != nil {
		return fmt.Errorf("writing a sample: %w", err)
	}
	return nil
}

// Stop takes a last sample and writes what is left to be written. The error is that of
// the first sample that could not be taken or written, [os.ErrProcessDone] if the
// process has ended; what was sampled before is in the file nevertheless. Stop may be
// called again, and says the same.
func (s *Sampler) Stop() error {
	s.stop.Do(func() {
		close(s.quit)
		<-s.done
		err := s.take()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.err = errors.Join(err, s.finish(s.samples), s.source.close())
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// A file is written line after line.
type file struct{ w *bufio.Writer }

func (f *file) line(b []byte, _ time.Duration, _ bool) error {
	_, err := f.w.Write(b)
	return err
}

func (f *file) finish(samples int64) error {
	if _, err := f.w.Write(encodeEnd(samples)); err != nil {
		return fmt.Errorf("writing the end of samples: %w", err)
	}
	if err := f.w.Flush(); err != nil {
		return fmt.Errorf("writing samples: %w", err)
	}
	return nil
}
