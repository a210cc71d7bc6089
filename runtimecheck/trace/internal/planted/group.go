//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/cgroup"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// errNoGroup is the error of a machine that lets nobody make a control group.
var errNoGroup = errors.New("no control group with a quota can be made here")

// period is what the kernel gives a quota for, in µs, by default.
const period = 100_000

// newGroup makes a control group below that of this process, whose quota is so many
// CPUs, and returns its directory and what removes it.
func newGroup(cpus float64) (dir string, remove func() error, err error) {
	own, version, err := cgroup.CPU(&target.Target{System: system.Here(), Kind: target.Self, PID: os.Getpid()})
	if err != nil {
		return "", nil, fmt.Errorf("%w: %w", errNoGroup, err)
	}
	dir = filepath.Join(own, fmt.Sprintf("lagvet-planted-%d", os.Getpid()))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", nil, fmt.Errorf("%w: %w", errNoGroup, err)
	}
	remove = func() error { return removeGroup(dir) }
	if err := limit(dir, version, cpus); err != nil {
		return "", nil, errors.Join(fmt.Errorf("%w: %w", errNoGroup, err), remove())
	}
	return dir, remove, nil
}

// limit sets the quota, and the largest weight that there is: what holds a request back
// on a machine that has much to do is then the quota and no neighbour.
func limit(dir string, version int, cpus float64) error {
	quota := strconv.Itoa(int(cpus * period))
	if version == 1 {
		return errors.Join(write(dir, "cpu.cfs_period_us", strconv.Itoa(period)), write(dir, "cpu.cfs_quota_us", quota),
			write(dir, "cpu.shares", "262144"))
	}
	// A group of v2 has the files of a controller only if the one above hands it down.
	if err := write(filepath.Dir(dir), "cgroup.subtree_control", "+cpu"); err != nil {
		return err
	}
	return errors.Join(write(dir, "cpu.max", quota+" "+strconv.Itoa(period)), write(dir, "cpu.weight", "10000"))
}

func write(dir, name, text string) error {
	return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
}

// join moves a process to a group, with all its threads.
func join(dir string, pid int) error {
	if err := write(dir, "cgroup.procs", strconv.Itoa(pid)); err != nil {
		return fmt.Errorf("joining the group: %w", err)
	}
	return nil
}

// removeGroup waits until the kernel has taken note that the process has ended.
func removeGroup(dir string) error {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := os.Remove(dir)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("removing the group: %w", err)
		}
	}
}
