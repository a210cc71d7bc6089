package debughttp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	rtrace "runtime/trace"
	"strconv"
	"sync"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/trace/bundle"
	"github.com/lagvet/lagvet/runtimecheck/trace/recorder"
	"github.com/lagvet/lagvet/runtimecheck/trace/sampler"
)

const (
	// usual is how long a trace is taken if the request does not say, as by
	// net/http/pprof.
	usual = time.Second
	// shortestTraced and mostTraced bound that: a busy service writes some MB a second, and who forgets a
	// request must not slow it down for hours.
	shortestTraced = time.Millisecond
	mostTraced     = 5 * time.Minute
)

// unsampledHeader says why an answer has no samples.
const unsampledHeader = "X-Lagvet-Unsampled"

// A tracer serves execution traces.
type tracer struct{ recorder *recorder.Recorder }

// Trace returns what serves execution traces, each with the samples of the kernel's
// accounts beside it, as a file of package bundle. With ?seconds=N it traces from now
// on; else it answers with the last seconds that the recorder has, or if that is nil
// with the next one.
func Trace(r *recorder.Recorder) http.Handler { return &tracer{r} }

// ServeHTTP implements [http.Handler].
func (t *tracer) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	head := w.Header()
	head.Set("Cache-Control", "no-store")
	head.Set("X-Content-Type-Options", "nosniff")
	if req.Method != http.MethodGet {
		head.Set("Allow", "GET")
		http.Error(w, "only GET is answered here", http.StatusMethodNotAllowed)
		return
	}
	d, err := t.duration(req.URL.Query().Get("seconds"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := extend(w, req, d); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	a := &answer{w: w, failed: cancel}
	if d == 0 {
		err = a.snapshot(ctx, t.recorder)
	} else {
		err = a.record(ctx, d)
	}
	a.finish(err)
}

// duration is for how long to trace, 0 for what the recorder has.
func (t *tracer) duration(seconds string) (time.Duration, error) {
	if seconds == "" && t.recorder != nil {
		return 0, nil
	}
	if seconds == "" {
		return usual, nil
	}
	n, err := strconv.ParseFloat(seconds, 64)
	if err != nil || !(n >= shortestTraced.Seconds() && n <= mostTraced.Seconds()) {
		return 0, fmt.Errorf("seconds is %.20q, and must be a number from %v to %v", seconds, shortestTraced.Seconds(), mostTraced.Seconds())
	}
	return time.Duration(n * float64(time.Second)), nil
}

// extend gives the answer the time that it takes beyond what the server allows one.
func extend(w http.ResponseWriter, req *http.Request, d time.Duration) error {
	s, ok := req.Context().Value(http.ServerContextKey).(*http.Server)
	if !ok || s.WriteTimeout <= 0 {
		return nil
	}
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(d + s.WriteTimeout)); err != nil {
		return fmt.Errorf("the server's WriteTimeout of %v cannot be extended for a trace: %w", s.WriteTimeout, err)
	}
	return nil
}

// An answer begins with the first bytes of the trace: what goes wrong before is told by
// the status, and what does later by an answer that is broken off.
type answer struct {
	w      http.ResponseWriter
	failed func() // is called when the client cannot be written to

	mu     sync.Mutex // for package runtime/trace writes from a goroutine of its own
	bundle *bundle.Writer
	trace  io.Writer
	err    error
}

// Write takes a part of the trace.
func (a *answer) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.bundle == nil {
		a.w.Header().Set("Content-Type", bundle.MediaType)
		a.w.Header().Set("Content-Disposition", `attachment; filename="trace.zip"`)
		a.bundle = bundle.NewWriter(a.w)
		a.trace, a.err = a.bundle.Trace()
	}
	if a.err == nil {
		_, a.err = a.trace.Write(b)
	}
	if a.err != nil {
		a.failed()
		return 0, a.err
	}
	return len(b), nil
}

// unsampled says in the answer why it will have no samples.
func (a *answer) unsampled(why error) {
	if why != nil {
		a.w.Header().Set(unsampledHeader, why.Error())
	}
}

// snapshot answers with the last seconds.
func (a *answer) snapshot(ctx context.Context, r *recorder.Recorder) error {
	a.unsampled(r.Unsampled())
	var samples bytes.Buffer
	err := r.Snapshot(ctx, a, &samples)
	if errors.Is(err, recorder.ErrUnsampled) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.samples(&samples)
}

// record answers with what happens from now on, until the time is over or the client
// leaves.
func (a *answer) record(ctx context.Context, d time.Duration) error {
	var samples bytes.Buffer
	s, unsampled := sampler.Start(&samples, sampler.Options{})
	a.unsampled(unsampled)
	tracing := follow(ctx, a, d)
	if unsampled != nil {
		return tracing
	}
	if err := errors.Join(tracing, s.Stop()); err != nil {
		return err
	}
	return a.samples(&samples)
}

// follow takes a trace until the time is over or the context.
func follow(ctx context.Context, w io.Writer, d time.Duration) error {
	if err := rtrace.Start(w); err != nil {
		return fmt.Errorf("taking a trace: %w", err)
	}
	defer rtrace.Stop()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// samples writes them after the trace.
func (a *answer) samples(text *bytes.Buffer) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return a.err
	}
	to, err := a.bundle.Samples()
	if err != nil {
		return err
	}
	_, err = text.WriteTo(to)
	return err
}

// finish ends the answer.
func (a *answer) finish(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.bundle == nil {
		a.w.Header().Set("Retry-After", "1")
		http.Error(a.w, fmt.Sprintf("could not trace: %v", err), http.StatusServiceUnavailable)
		return
	}
	if err == nil {
		err = errors.Join(a.err, a.bundle.Close())
	}
	if err != nil {
		// The status was sent long ago: a client sees only by this that the file is not whole.
		panic(http.ErrAbortHandler)
	}
}
