// Package threads says which CPUs the threads of a process may run on.
//
// Each thread has a mask of its own: sched_setaffinity(2) sets that of one thread, and
// a new thread inherits that of the one that makes it. So a process has no mask, and
// what tools print as such (taskset -p) is that of its first thread.
package threads

import (
	"errors"
	"strconv"
	"strings"
	"syscall"

	"github.com/lagvet/lagvet/runtimecheck/internal/cpulist"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// A Thread is a thread of the kernel's.
type Thread struct {
	ID   int
	CPUs cpulist.List // that it may run on
}

// once is the key of what is read once in a look.
type once struct{}

// Of returns the threads of the process, in order. One that ends meanwhile is left out.
func Of(t *target.Target) ([]Thread, error) {
	return target.Once(t, once{}, func() ([]Thread, error) { return read(t) })
}

func read(t *target.Target) ([]Thread, error) {
	names, err := t.List(t.Proc("task"))
	if err != nil {
		return nil, err
	}
	var all []Thread
	for _, name := range names {
		id, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		cpus, err := mask(t, id)
		if errors.Is(err, syscall.ESRCH) || errors.Is(err, syscall.ENOENT) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, Thread{ID: id, CPUs: cpus})
	}
	if len(all) == 0 {
		return nil, syscall.ESRCH
	}
	return all, nil
}

// mask asks the kernel, and where that does not answer (a security module forbids it,
// or the machine has more CPUs than a set of golang.org/x/sys/unix) the thread's status.
func mask(t *target.Target, id int) (cpulist.List, error) {
	cpus, err := t.Kernel.Affinity(id)
	if err == nil || errors.Is(err, syscall.ESRCH) {
		return cpus, err
	}
	status, err := t.Read(t.Proc("task", strconv.Itoa(id), "status"))
	if err != nil {
		return nil, err
	}
	allowed, err := allowed(status)
	if err != nil {
		return nil, err
	}
	// Status also lists CPUs that the machine could have and has not: the call leaves
	// them out, and so must this.
	if text, err := t.Read("/sys/devices/system/cpu/online"); err == nil {
		if online, err := cpulist.Parse(text); err == nil && len(online) > 0 {
			allowed = allowed.And(online)
		}
	}
	if len(allowed) == 0 {
		return nil, errors.New("a thread may run on no CPU, by its status")
	}
	return allowed, nil
}

// allowed finds the CPUs in a thread's status.
func allowed(status string) (cpulist.List, error) {
	for line := range strings.Lines(status) {
		if list, ok := strings.CutPrefix(line, "Cpus_allowed_list:"); ok {
			return cpulist.Parse(list)
		}
	}
	return nil, errors.New("the status of a thread has no Cpus_allowed_list")
}

// Widest returns the mask with the most CPUs of those that threads have: the one of all
// threads that nobody has pinned. Of two with as many it is the one of more threads, and
// then the one that comes first.
func Widest(all []Thread) cpulist.List {
	count := make(map[string]int)
	for _, th := range all {
		count[th.CPUs.String()]++
	}
	var widest cpulist.List
	for _, th := range all {
		more := len(th.CPUs) - len(widest)
		if more > 0 || more == 0 && count[th.CPUs.String()] > count[widest.String()] {
			widest = th.CPUs
		}
	}
	return widest
}
