package sampler

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/cgroup"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// observe returns what looks at a process of this machine.
func observe(pid int, interval time.Duration) (source, error) {
	kind := target.Process
	if pid == os.Getpid() {
		kind = target.Self
	}
	return newObserver(&target.Target{System: system.Here(), Kind: kind, PID: pid}, interval)
}

// An observer looks at a process through files of the kernel that it keeps open.
type observer struct {
	head    header
	clock   clock
	groups  []group
	threads *threads // nil if the kernel keeps no accounts of threads
	now     look
}

// A group is the open file of one.
type group struct {
	cgroup.Stat
	fd int
}

func newObserver(t *target.Target, interval time.Duration) (*observer, error) {
	clock, err := readClock()
	if err != nil {
		return nil, err
	}
	o := &observer{clock: clock, head: header{PID: t.PID, Interval: int64(interval)}}
	stats, unseen := cgroup.Stats(t)
	o.head.Unseen = unseen
	for _, s := range stats {
		o.open(t, s)
	}
	o.threads, err = openThreads(t)
	switch {
	case errors.Is(err, os.ErrProcessDone):
		return nil, errors.Join(err, o.close())
	case err != nil:
		o.head.Unseen = append(o.head.Unseen, err.Error())
	}
	if o.threads == nil && len(o.groups) == 0 {
		return nil, fmt.Errorf("there is nothing to sample: %q", o.head.Unseen)
	}
	o.now.groups = make([]cgroup.Held, len(o.groups))
	return o, nil
}

// open opens the file of a group, or notes why it cannot.
func (o *observer) open(t *target.Target, s cgroup.Stat) {
	fd, err := unix.Open(t.Path(s.Path), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		o.head.Unseen = append(o.head.Unseen, (&fs.PathError{Op: "open", Path: s.Path, Err: err}).Error())
		return
	}
	o.groups = append(o.groups, group{s, fd})
	o.head.Groups = append(o.head.Groups, s.Path)
}

func (o *observer) header() header { return o.head }

func (o *observer) look() (*look, error) {
	o.now.at = o.clock.now()
	for i, g := range o.groups {
		held, err := g.read()
		if err != nil {
			return nil, err
		}
		o.now.groups[i] = held
	}
	if o.threads == nil {
		return &o.now, nil
	}
	accounts, err := o.threads.read(o.now.threads[:0])
	if err != nil {
		return nil, err
	}
	// By number in the process's own namespace, which may count in another order.
	slices.SortFunc(accounts, func(a, b account) int { return cmp.Compare(a.id, b.id) })
	o.now.threads = accounts
	return &o.now, nil
}

// read asks the kernel as any system call does: it may have to sum up first what many
// groups did, and the caller's P is better lent out meanwhile.
func (g group) read() (cgroup.Held, error) {
	var buf [4096]byte // cpu.stat has some 20 lines
	n, err := unix.Pread(g.fd, buf[:], 0)
	if err != nil {
		return cgroup.Held{}, &fs.PathError{Op: "read", Path: g.Path, Err: err}
	}
	return g.Parse(string(buf[:n]))
}

func (o *observer) close() error {
	var errs []error
	for _, g := range o.groups {
		errs = append(errs, unix.Close(g.fd))
	}
	if o.threads != nil {
		errs = append(errs, o.threads.closeAll())
	}
	return errors.Join(errs...)
}

// A clock tells CLOCK_MONOTONIC by that of package time, which is the same one and
// costs no system call, but does not tell what it stands at.
type clock struct {
	base time.Time
	at   time.Duration // at base
}

// readClock asks some times, and takes the answer that took the least.
func readClock() (clock, error) {
	var best clock
	least := time.Duration(1<<63 - 1)
	for range 10 {
		var ts unix.Timespec
		before := time.Now()
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
			return clock{}, fmt.Errorf("reading CLOCK_MONOTONIC: %w", err)
		}
		if took := time.Since(before); took < least {
			least, best = took, clock{before, time.Duration(ts.Nano()) - took/2}
		}
	}
	return best, nil
}

func (c clock) now() time.Duration { return c.at + time.Since(c.base) }
