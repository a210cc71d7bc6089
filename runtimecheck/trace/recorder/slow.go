package recorder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Dump is what was written because of a slow call.
type Dump struct {
	Name    string // of the call
	Took    time.Duration
	Passed  int64  // slow calls since the dump before that were not written, for the cool-down
	Trace   string // the file; "" if it could not be written
	Samples string // the file; "" if there are none
	Err     error  // why one was not written, or an older one not deleted
}

// Slow tells of a call that is over, and how long it took. If that was as slow as
// Options.Slow says, and the last such call is longer ago than the cool-down, the last
// seconds are written in the background. It never waits, and may be called by many
// goroutines. A recorder that is nil, or stopped, does nothing.
func (r *Recorder) Slow(name string, took time.Duration) {
	if r == nil || r.options.Slow == 0 || took < r.options.Slow {
		return
	}
	now, next := int64(time.Since(r.begin)), r.next.Load()
	if now < next || !r.next.CompareAndSwap(next, now+int64(r.options.CoolDown)) {
		r.passed.Add(1)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		return
	}
	r.dumps.Go(func() { r.dump(name, took, time.Now()) })
}

func (r *Recorder) dump(name string, took time.Duration, at time.Time) {
	d := Dump{Name: name, Took: took, Passed: r.passed.Swap(0)}
	d.Err = r.write(&d, at)
	if r.options.Wrote != nil {
		r.options.Wrote(d)
		return
	}
	if d.Err != nil {
		slog.Error("recording a slow call", "call", name, "took", took, "trace", d.Trace, "passed", d.Passed, "error", d.Err)
		return
	}
	slog.Info("recorded a slow call", "call", name, "took", took, "trace", d.Trace, "passed", d.Passed)
}

// write writes both files under other names first: who looks into the directory sees
// whole ones only.
func (r *Recorder) write(d *Dump, at time.Time) (err error) {
	out, err := os.CreateTemp(r.options.Dir, ".trace-*")
	if err != nil {
		return fmt.Errorf("writing a slow call: %w", err)
	}
	defer drop(out, &err)
	var samples io.Writer
	var sched *os.File
	if r.window != nil {
		if sched, err = os.CreateTemp(r.options.Dir, ".sched-*"); err != nil {
			return fmt.Errorf("writing the samples of a slow call: %w", err)
		}
		defer drop(sched, &err)
		samples = sched
	}
	if err := r.Snapshot(context.Background(), out, samples); err != nil {
		return err
	}
	to := filepath.Join(r.options.Dir, fileName(d.Name, d.Took, at))
	if sched != nil {
		if err := publish(sched, to+".sched"); err != nil {
			return err
		}
		d.Samples = to + ".sched"
	}
	if err := publish(out, to); err != nil {
		if d.Samples != "" {
			err = errors.Join(err, os.Remove(d.Samples))
			d.Samples = ""
		}
		return err
	}
	d.Trace = to
	return r.forget(to)
}

// publish closes a file and gives it its name.
func publish(f *os.File, name string) error {
	if err := f.Close(); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// drop removes a file that did not get its name.
func drop(f *os.File, err *error) {
	if *err == nil {
		return
	}
	_ = f.Close() // nobody reads it
	if e := os.Remove(f.Name()); e != nil && !errors.Is(e, os.ErrNotExist) {
		*err = errors.Join(*err, e)
	}
}

// forget deletes the oldest files, if there are too many now.
func (r *Recorder) forget(newest string) error {
	var errs []error
	for _, old := range r.surplus(newest) {
		for _, name := range []string{old, old + ".sched"} {
			if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
				errs = append(errs, fmt.Errorf("deleting an older trace: %w", err))
			}
		}
	}
	return errors.Join(errs...)
}

// surplus returns what is not to be kept any more. The lock is not held while files are
// deleted: who is slow must not wait for a disk.
func (r *Recorder) surplus(newest string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = append(r.kept, newest)
	n := max(0, len(r.kept)-r.options.Keep)
	old := slices.Clone(r.kept[:n])
	r.kept = slices.Delete(r.kept, 0, n)
	return old
}

// longestName bounds what of a call's name is in that of a file, in bytes: file systems
// allow 255 for all of it.
const longestName = 60

// fileName is that of a trace. Names of calls come from anywhere, and must lead to no
// other directory.
func fileName(call string, took time.Duration, at time.Time) string {
	safe := strings.FieldsFunc(call, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_')
	})
	name := strings.Join(safe, "-")
	name = name[:min(len(name), longestName)]
	return fmt.Sprintf("%s-%s-%s.trace", at.UTC().Format("20060102T150405.000Z"), name, round(took))
}

// round keeps three digits or so.
func round(d time.Duration) time.Duration {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond)
	case d >= time.Millisecond:
		return d.Round(time.Millisecond)
	}
	return d.Round(time.Microsecond)
}
