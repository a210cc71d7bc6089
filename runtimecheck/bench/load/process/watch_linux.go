package process

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/procfs"

	"github.com/lagvet/lagvet/runtimecheck/internal/cgroup"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// A Watcher looks at a process.
type Watcher struct {
	alone bool   // without its children
	begin uint64 // when the process began, in ticks: another of the same number differs
	stop  chan struct{}
	done  sync.WaitGroup

	// Until it has stopped, the goroutine that looks has them.
	usage Usage
	last  map[int]time.Duration // CPU time of each process at the last look
	total time.Duration
}

// Watch looks at a process and its children now, and again after each interval, until
// [Watcher.Stop].
func Watch(pid int, every time.Duration) (*Watcher, error) { return watch(pid, every, false) }

// WatchAlone is Watch without the children.
func WatchAlone(pid int, every time.Duration) (*Watcher, error) { return watch(pid, every, true) }

func watch(pid int, every time.Duration, alone bool) (*Watcher, error) {
	w := &Watcher{alone: alone, stop: make(chan struct{}), usage: Usage{PID: pid}, last: make(map[int]time.Duration)}
	p, err := procfs.NewProc(pid)
	if err != nil {
		return nil, fmt.Errorf("looking at process %d: %w", pid, err)
	}
	stat, err := p.Stat()
	if err != nil {
		return nil, fmt.Errorf("looking at process %d: %w", pid, err)
	}
	w.begin = stat.Starttime
	if w.usage.CPUs, w.usage.Hidden, err = cpus(p); err != nil {
		return nil, fmt.Errorf("looking at the CPUs of process %d: %w", pid, err)
	}
	if err := w.look(); err != nil {
		return nil, err
	}
	w.done.Add(1)
	go w.run(every)
	return w, nil
}

// Stop looks for a last time, and returns what was seen.
func (w *Watcher) Stop() *Usage {
	close(w.stop)
	w.done.Wait()
	if w.usage.Ended == nil {
		w.usage.Ended = w.look()
	}
	return &w.usage
}

func (w *Watcher) run(every time.Duration) {
	defer w.done.Done()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-ticker.C:
		}
		if w.usage.Ended = w.look(); w.usage.Ended != nil {
			return
		}
	}
}

// look adds a sample. The error says that the process has ended.
func (w *Watcher) look() error {
	now := time.Now()
	var rss int64
	seen := make(map[int]time.Duration)
	for _, pid := range w.pids() {
		stat, err := statOf(pid)
		if pid == w.usage.PID && (err != nil || stat.Starttime != w.begin || stat.State == "Z") {
			return cmp.Or(err, fmt.Errorf("process %d has ended", pid))
		}
		if err != nil {
			continue // a child that has ended meanwhile
		}
		ticks := stat.UTime + stat.STime
		if !w.alone {
			ticks += uint(stat.CUTime + stat.CSTime)
		}
		seen[pid] = time.Duration(ticks) * tick
		rss += int64(stat.ResidentMemory())
	}
	w.add(seen)
	w.usage.Samples = append(w.usage.Samples, Sample{At: now, CPU: w.total, RSS: rss})
	return nil
}

// pids returns the processes that are looked at.
func (w *Watcher) pids() []int {
	if w.alone {
		return []int{w.usage.PID}
	}
	return tree(w.usage.PID)
}

// tick is the unit of CPU times in /proc: USER_HZ, which is 100 in every kernel for
// programs, see proc_pid_stat(5).
const tick = 10 * time.Millisecond

// add adds what the processes have used since the last look. The time of a child that
// has ended moves to its parent, so what counts is the sum; a child that was given to
// another parent takes its time away with it, and that must not be less than nothing.
func (w *Watcher) add(seen map[int]time.Duration) {
	var grown time.Duration
	for pid, used := range seen {
		grown += used - w.last[pid]
	}
	for pid, used := range w.last {
		if _, ok := seen[pid]; !ok {
			grown -= used
		}
	}
	w.total += max(grown, 0)
	w.last = seen
}

func statOf(pid int) (procfs.ProcStat, error) {
	p, err := procfs.NewProc(pid)
	if err != nil {
		return procfs.ProcStat{}, err
	}
	return p.Stat()
}

// tree returns a process and its descendants. A kernel without the files that list
// children, or a process that may not be looked at, has none.
func tree(pid int) []int {
	all := []int{pid}
	here := system.Here()
	for i := 0; i < len(all); i++ {
		tasks := fmt.Sprintf("/proc/%d/task", all[i])
		threads, err := here.List(tasks)
		if err != nil {
			continue
		}
		for _, thread := range threads {
			text, err := here.Read(tasks + "/" + thread + "/children")
			if err != nil {
				continue
			}
			for field := range strings.FieldsSeq(text) {
				if child, err := strconv.Atoi(field); err == nil && !slices.Contains(all, child) {
					all = append(all, child)
				}
			}
		}
	}
	return all
}

// cpus returns how many CPUs a process may use, and why they may be fewer.
func cpus(p procfs.Proc) (n float64, hidden string, err error) {
	status, err := p.NewStatus()
	if err != nil {
		return 0, "", err
	}
	n = float64(len(status.CpusAllowedList))
	limits, err := cgroup.Find(&target.Target{System: system.Here(), Kind: target.Process, PID: p.PID})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return n, "", nil // a kernel without groups
	case err != nil:
		return n, err.Error(), nil
	case limits.CPU.Err != nil && !errors.Is(limits.CPU.Err, fs.ErrNotExist):
		return n, limits.CPU.Err.Error(), nil
	case limits.CPU.Value > 0:
		n = math.Min(n, limits.CPU.Value)
	}
	return n, limits.CPU.Hidden, nil
}
