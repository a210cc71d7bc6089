package hiccup

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// What is zero in [Options].
const (
	// DefaultInterval is the resolution that jHiccup has by default, which made the
	// method known: https://github.com/giltene/jHiccup.
	DefaultInterval = time.Millisecond
	DefaultLogEvery = time.Second
)

// Options say how to measure.
type Options struct {
	// Interval is the time between two wake-ups: a hiccup that is shorter can fall
	// between them. Each costs CPU time, see the benchmarks.
	Interval time.Duration
	// Thread measures with a locked thread beside the goroutine, which tells the kernel
	// from the Go scheduler. Where there is no such thread (all but Linux) Start fails.
	Thread bool
	// Log takes the interval log, every LogEvery; nil: there is none.
	Log      io.Writer
	LogEvery time.Duration
}

// A Meter is at work from Start to Stop. Its methods may be called at any time.
type Meter struct {
	options Options
	started time.Time
	stop    chan struct{}
	running sync.WaitGroup
	finish  sync.Once
	log     *intervalLog // nil if nobody asked for one

	mu    sync.Mutex // guards what the sleepers write: this, and what is current in the log
	total Result
}

// Start sets a meter to work.
func Start(o Options) (*Meter, error) {
	if o.Interval < 0 || o.LogEvery < 0 {
		return nil, fmt.Errorf("a hiccup meter cannot wake every %v and write every %v", o.Interval, o.LogEvery)
	}
	if o.Interval == 0 {
		o.Interval = DefaultInterval
	}
	if o.LogEvery == 0 {
		o.LogEvery = DefaultLogEvery
	}
	if o.Thread && !hasThread {
		return nil, fmt.Errorf("measuring hiccups with a thread: %w", errors.ErrUnsupported)
	}
	m := &Meter{options: o, started: time.Now(), stop: make(chan struct{})}
	m.total = newResult(o)
	if o.Log != nil {
		m.log = newIntervalLog(o, m.started)
		if err := m.log.begin(); err != nil {
			return nil, err
		}
		m.running.Go(m.writeLog)
	}
	m.running.Go(m.goroutine)
	if o.Thread {
		m.running.Go(m.thread)
	}
	return m, nil
}

// Stop ends the measurement and returns what was seen. The error is that of the first
// write to the log that failed; the result is whole all the same. To stop once more
// returns the same.
func (m *Meter) Stop() (Result, error) {
	m.finish.Do(func() {
		close(m.stop)
		m.running.Wait() // for an interval at most
		m.mu.Lock()
		m.total.Elapsed = time.Since(m.started)
		m.mu.Unlock()
		if m.log != nil {
			m.writeInterval()
		}
	})
	var err error
	if m.log != nil {
		err = m.log.err
	}
	return m.Result(), err
}

// Result returns a copy of what was seen so far.
func (m *Meter) Result() Result {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.total.clone()
	if r.Elapsed == 0 {
		r.Elapsed = time.Since(m.started)
	}
	return r
}

// goroutine is the sleeper that the Go scheduler wakes.
func (m *Meter) goroutine() {
	for !m.ended() {
		began := time.Now()
		time.Sleep(m.options.Interval)
		m.record(woken{late: time.Since(began) - m.options.Interval})
	}
}

func (m *Meter) ended() bool {
	select {
	case <-m.stop:
		return true
	default:
		return false
	}
}

// A woken is one wake-up.
type woken struct {
	late   time.Duration
	thread bool // of the locked thread
	parked bool // it was awake, and had to park until there was a P
}

func (m *Meter) record(w woken) {
	w.late = max(w.late, 0)
	m.mu.Lock()
	m.total.record(w)
	if m.log != nil {
		m.log.current.record(w)
	}
	m.mu.Unlock()
}
