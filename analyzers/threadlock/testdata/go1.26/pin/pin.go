// Package pin pins threads for others.
package pin

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// Lock wires the goroutine to its thread and pins it. Call Unlock when done.
func Lock(cpu int) {
	runtime.LockOSThread()
	var set unix.CPUSet
	set.Set(cpu)
	unix.SchedSetaffinity(0, &set)
}

// Unlock undoes Lock.
func Unlock() { runtime.UnlockOSThread() }

// Enter locks the thread, and has to be left by Leave unless it fails.
func Enter(dir string) error {
	runtime.LockOSThread()
	if err := unix.Chdir(dir); err != nil {
		runtime.UnlockOSThread()
		return err
	}
	return nil
}

// Scoped returns what undoes it.
func Scoped(cpu int) (restore func()) {
	runtime.LockOSThread()
	return func() { runtime.UnlockOSThread() }
}

// With runs f on a locked thread.
func With(f func() error) error {
	Lock(1)
	defer Unlock()
	return f()
}
