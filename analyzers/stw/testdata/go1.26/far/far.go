// Package far stops the world for those who call it from other packages.
package far

import (
	"errors"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
)

// Heap returns the bytes of the heap's objects.
func Heap() uint64 { return stats().HeapAlloc }

func stats() *runtime.MemStats {
	m := new(runtime.MemStats)
	runtime.ReadMemStats(m)
	return m
}

// Check collects only on the way to an error.
func Check(n int) error {
	if n < 0 {
		runtime.GC()
		return errors.New("negative")
	}
	return nil
}

// Log ends the process after a fatal event, with all stacks.
func Log(level int, text string) {
	if level > 3 {
		Stacks(true)
		exit(1)
	}
	if level == 0 {
		Stacks(false)
	}
}

var exit = os.Exit

// Stacks prints the stack of this goroutine, or those of all.
func Stacks(all bool) string {
	buf := make([]byte, 1<<16)
	return string(buf[:runtime.Stack(buf, all)])
}

// Report writes the goroutines.
func Report(w io.Writer) error { return pprof.Lookup("goroutine").WriteTo(w, 1) }

// Blocked writes what waited for what.
func Blocked(w io.Writer) error { return pprof.Lookup("block").WriteTo(w, 0) }
