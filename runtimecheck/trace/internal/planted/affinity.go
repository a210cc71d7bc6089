//go:build linux

package main

import (
	"fmt"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// startHere starts a process from a thread that may use the first of this process's
// CPUs only, if the process is to.
func startHere(cmd *exec.Cmd, oneCPU bool) error {
	if !oneCPU {
		return cmd.Start()
	}
	runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return fmt.Errorf("asking for the CPUs: %w", err)
	}
	one := unix.CPUSet{}
	for cpu := 0; one.Count() == 0; cpu++ {
		if all.IsSet(cpu) {
			one.Set(cpu)
		}
	}
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		return fmt.Errorf("using one CPU: %w", err)
	}
	return cmd.Start()
}
