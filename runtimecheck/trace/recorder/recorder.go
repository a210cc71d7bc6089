package recorder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/trace"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/trace/sampler"
)

// Options say what is kept and what is written.
type Options struct {
	// Last is how much is kept, at least: 10 s if it is 0. MaxBytes bounds it, and goes
	// before it: 10 MiB if it is 0.
	Last     time.Duration
	MaxBytes uint64
	// Interval is how often the kernel's accounts are sampled: [sampler.Interval] if it
	// is 0, not at all if it is negative.
	Interval time.Duration

	// Slow is what a call of [Recorder.Slow] must have taken to be written to Dir; 0
	// writes none.
	Slow time.Duration
	Dir  string
	// CoolDown is for how long after that no other is written: a minute if it is 0.
	CoolDown time.Duration
	// Keep is how many of those that this recorder wrote are kept, the newest: 10 if it
	// is 0.
	Keep int
	// Wrote is told of each, whether it could be written or not. It is called by a
	// goroutine of its own; if it is nil, log/slog is told.
	Wrote func(Dump)
}

// What holds if Options does not say. Last is that of [trace.FlightRecorder], which is
// not documented there; so it is asked for.
const (
	last     = 10 * time.Second
	coolDown = time.Minute
	keep     = 10
)

// ErrUnsampled is the error of samples that are not taken.
var ErrUnsampled = errors.New("the kernel's accounts are not sampled")

// A Recorder keeps the last seconds.
type Recorder struct {
	options   Options
	flight    *trace.FlightRecorder
	window    *sampler.Window // nil if nothing is sampled
	unsampled error

	turn chan struct{} // holds one token, of who may write or stop

	begin  time.Time
	next   atomic.Int64 // when a slow call may be written again, in ns after begin
	passed atomic.Int64 // slow calls since the last one that was written

	mu      sync.Mutex // of what follows
	stopped bool
	dumps   sync.WaitGroup
	kept    []string // traces that were written, the oldest first
}

// Start begins to record. The error says that there is a flight recorder already, or
// that the options make no sense.
func Start(o Options) (*Recorder, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	r := &Recorder{options: o, turn: make(chan struct{}, 1), begin: time.Now()}
	r.turn <- struct{}{}
	r.flight = trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: o.Last, MaxBytes: o.MaxBytes})
	if err := r.flight.Start(); err != nil {
		return nil, fmt.Errorf("starting the flight recorder: %w", err)
	}
	r.unsampled = r.sample()
	return r, nil
}

// complete fills in what is not said.
func (o *Options) complete() error {
	if o.Last < 0 || o.Slow < 0 || o.CoolDown < 0 || o.Keep < 0 {
		return errors.New("the options of a recorder must not be negative")
	}
	if o.Slow > 0 && o.Dir == "" {
		return errors.New("there is no directory for slow calls: set Options.Dir")
	}
	if o.Last == 0 {
		o.Last = last
	}
	if o.CoolDown == 0 {
		o.CoolDown = coolDown
	}
	if o.Keep == 0 {
		o.Keep = keep
	}
	return nil
}

// sample begins to. A service goes without where there is nothing to sample, and those
// that ask for samples are told.
func (r *Recorder) sample() error {
	if r.options.Interval < 0 {
		return fmt.Errorf("%w: Options.Interval is negative", ErrUnsampled)
	}
	// A flight recorder keeps whole seconds or so: twice as much is not too little.
	w, err := sampler.Keep(2*r.options.Last, sampler.Options{Interval: r.options.Interval})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnsampled, err)
	}
	r.window = w
	return nil
}

// Unsampled returns why no samples are taken, which is [ErrUnsampled]; or nil.
func (r *Recorder) Unsampled() error { return r.unsampled }

// Snapshot writes the trace of the last seconds, and then what was sampled meanwhile,
// which may be nil if nobody asks. It waits while another one is written. If there are
// no samples the trace is written, and the error is [ErrUnsampled].
func (r *Recorder) Snapshot(ctx context.Context, to, samples io.Writer) error {
	select {
	case <-r.turn:
		defer func() { r.turn <- struct{}{} }()
	case <-ctx.Done():
		return fmt.Errorf("waiting for another snapshot: %w", ctx.Err())
	}
	if _, err := r.flight.WriteTo(to); err != nil {
		return fmt.Errorf("writing the last seconds of the trace: %w", err)
	}
	if samples == nil {
		return nil
	}
	if r.unsampled != nil {
		return r.unsampled
	}
	_, err := r.window.WriteTo(samples)
	return err
}

// Stop ends recording, after what is being written. The recorder is of no more use.
func (r *Recorder) Stop() error {
	r.mu.Lock()
	first := !r.stopped
	r.stopped = true
	r.mu.Unlock()
	r.dumps.Wait()
	<-r.turn
	defer func() { r.turn <- struct{}{} }()
	if !first {
		return nil
	}
	r.flight.Stop()
	if r.window == nil {
		return nil
	}
	return r.window.Stop()
}
