package target

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime/metrics"
	"strconv"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/system"
)

// A Kind says what a target is.
type Kind string

// The kinds.
const (
	Host     Kind = "host"     // a machine, and no process
	Self     Kind = "self"     // this process
	Process  Kind = "process"  // another process of this machine
	Endpoint Kind = "endpoint" // a process that is seen through its HTTP endpoints alone, wherever it runs
)

// A Target is what is looked at.
type Target struct {
	*system.System
	Kind Kind
	PID  int // of Self and Process

	// Metrics are what the Go runtime says of itself, or nil.
	Metrics Metrics
	// Pprof fetches a profile in the text or binary form that net/http/pprof answers
	// a path with, "goroutine?debug=1"; nil if there is no endpoint.
	Pprof func(ctx context.Context, path string) ([]byte, error)
	// Goroutines takes a snapshot of all goroutines, and Leaked of those that nothing
	// can wake. Both stop the world for a moment, and are nil unless asked for.
	Goroutines, Leaked func(ctx context.Context) ([]Site, error)

	// Window is how long a probe may watch, if it has nothing to compare with.
	Window time.Duration

	Now             time.Time
	earlier, latest sample
	shared          map[any]any // see Once
}

// Metrics reads metrics of package runtime/metrics by their names there, be it from
// another process that exports them under other names. Those that it does not know are
// left out.
type Metrics interface {
	Read(ctx context.Context, names ...string) (map[string]Metric, error)
	// Source names where a metric is read, for a reader.
	Source(name string) string
}

// A Metric is a number or a histogram.
type Metric struct {
	Number    float64
	Histogram *metrics.Float64Histogram
}

// ErrNoProfile is the error of a profile that the toolchain of the program does not have.
var ErrNoProfile = errors.New("the program has no such profile")

// A Site is where goroutines of one kind were started, and how many there are of them.
type Site struct {
	Start string   // the function that the go statement named, and its place: "main.work (main.go:12)"
	Count int      // of the goroutines
	Waits []string // where they are now, the most frequent first: "3 in main.next (main.go:30)"
}

// A sample holds the counters of one look.
type sample struct {
	at       time.Time
	counters map[string]float64
}

// Proc returns the path of a file about the process: "/proc/12/status", and of one
// whose number is not known, on another machine, "/proc/PID/status".
func (t *Target) Proc(name ...string) string {
	pid := "PID"
	if t.PID != 0 {
		pid = strconv.Itoa(t.PID)
	}
	return path.Join(append([]string{"/proc", pid}, name...)...)
}

// descriptors is the key of what Descriptors has listed.
type descriptors struct{}

// Descriptors returns the names of the process's open files: numbers, in no order. The
// kernel takes some microseconds for each, so they are listed once in a look.
func (t *Target) Descriptors() ([]string, error) {
	return Once(t, descriptors{}, func() ([]string, error) { return t.List(t.Proc("fd")) })
}

// Shares reports whether the process and who looks have a namespace in common: "mnt",
// "net". Files like /proc/sys/net are of the one that reads them.
func (t *Target) Shares(namespace string) (bool, error) {
	if t.Kind != Process {
		return true, nil
	}
	own, err := t.Link("/proc/self/ns/" + namespace)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil // the kernel is built without
	}
	if err != nil {
		return false, err
	}
	its, err := t.Link(t.Proc("ns", namespace))
	return its == own, err
}

// Local reports whether the target is a process of this machine.
func (t *Target) Local() bool { return t.Kind == Self || t.Kind == Process }

// Begin starts a look: counters are from now on compared with those of the one before.
func (t *Target) Begin(now time.Time) {
	t.Now = now
	t.earlier, t.latest = t.latest, sample{at: now, counters: make(map[string]float64)}
	t.shared = make(map[any]any)
	t.Refresh()
}

// Once returns what look returns, and calls it once in each look at the target: probes
// that need the same files share what they read. The key is of a type that no other
// package has.
func Once[T any](t *Target, key any, look func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	if a, ok := t.shared[key].(answer); ok {
		return a.value, a.err
	}
	value, err := look()
	if t.shared != nil {
		t.shared[key] = answer{value, err}
	}
	return value, err
}

// Refresh forgets metrics that were read before. All probes of one look see the same
// page of an endpoint; one that has waited asks anew.
func (t *Target) Refresh() {
	if m, ok := t.Metrics.(interface{ Refresh() }); ok {
		m.Refresh()
	}
}

// Over returns the time since the look before, or 0 if this is the first.
func (t *Target) Over() time.Duration {
	if t.earlier.at.IsZero() {
		return 0
	}
	return t.latest.at.Sub(t.earlier.at)
}

// Since remembers what a counter stands at, and returns by how much it has grown since
// the look before; ok is false if this is the first, or if it was set back. The name
// is any that no other counter has.
func (t *Target) Since(name string, now float64) (grown float64, ok bool) {
	t.latest.counters[name] = now
	before, ok := t.earlier.counters[name]
	return now - before, ok && now >= before
}

// Period says which time a counter is of: "in 30s", or "since the start" of what is
// counted.
func (t *Target) Period() string {
	if over := t.Over(); over > 0 {
		return fmt.Sprintf("in %v", over.Round(time.Millisecond))
	}
	return "since the start"
}
