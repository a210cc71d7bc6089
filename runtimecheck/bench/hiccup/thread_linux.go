package hiccup

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

const hasThread = true

// thread is the sleeper that the kernel wakes.
func (m *Meter) thread() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pause := unix.NsecToTimespec(m.options.Interval.Nanoseconds())
	for !m.ended() {
		before, ok := parks()
		began := time.Now()
		if err := unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &pause, nil); err != nil {
			continue // a signal has ended it early: that says nothing
		}
		w := woken{late: time.Since(began) - m.options.Interval, thread: true}
		after, still := parks()
		// The sleep itself is the first.
		w.parked = ok && still && after-before > 1
		m.record(w)
	}
}

// parks returns how often the calling thread has given the CPU away to wait for
// something.
func parks() (n int64, ok bool) {
	var use unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &use); err != nil {
		return 0, false
	}
	return use.Nvcsw, true
}
