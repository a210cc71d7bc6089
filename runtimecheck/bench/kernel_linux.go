package bench

import (
	"os"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/cgroup"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// kernelCounters reads what can be read; what cannot is left out.
func kernelCounters() map[kernelCounter]float64 {
	c := make(map[kernelCounter]float64)
	var use unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &use); err == nil {
		c[voluntary], c[involuntary] = float64(use.Nvcsw), float64(use.Nivcsw)
		c[own] = float64(use.Utime.Nano()+use.Stime.Nano()) / 1e9
	}
	t := &target.Target{System: system.Here(), Kind: target.Self, PID: os.Getpid()}
	if d, err := cgroup.HeldFor(t); err == nil {
		c[held] = d.Seconds()
	}
	if proc, err := t.System.Proc(); err == nil {
		threads(proc, t, c)
		machine(proc, c)
	}
	return c
}

// threads adds up what the kernel says of each thread of this process. One that ends
// meanwhile is left out.
func threads(proc procfs.FS, t *target.Target, c map[kernelCounter]float64) {
	all, err := proc.AllThreads(t.PID)
	if err != nil {
		return
	}
	for _, thread := range all {
		if stat, err := thread.Schedstat(); err == nil {
			c[waited] += float64(stat.WaitingNanoseconds) / 1e9
		}
		text, err := t.Read(t.Proc("task", strconv.Itoa(thread.PID), "sched"))
		if err != nil {
			continue // a kernel without CONFIG_SCHED_DEBUG has no such file
		}
		if n, ok := moves(text); ok {
			c[migrations] += n
		}
	}
}

// moves finds how often a thread has moved to another CPU.
func moves(sched string) (float64, bool) {
	for line := range strings.Lines(sched) {
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(name) != "se.nr_migrations" {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 64)
		return float64(n), err == nil
	}
	return 0, false
}

func machine(proc procfs.FS, c map[kernelCounter]float64) {
	stat, err := proc.Stat()
	if err != nil {
		return
	}
	cpu := stat.CPUTotal // guest time is in user time already
	c[busy] = cpu.User + cpu.Nice + cpu.System + cpu.IRQ + cpu.SoftIRQ
	c[stolen] = cpu.Steal
	c[all] = c[busy] + cpu.Steal + cpu.Idle + cpu.Iowait
}
