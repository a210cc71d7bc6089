package load

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// A sleeper waits until calls are due. An idle Go program waits for its timers in
// epoll_wait, which counts in milliseconds: on a machine of two shared CPUs time.Sleep of
// 500 µs was late by 630 µs in the median, nanosleep by 100 µs, and by 50 µs on a thread
// without timer slack. So the sleeper keeps a thread.
type sleeper struct{ slack int }

// newSleeper is called by the goroutine that sleeps.
func newSleeper() sleeper {
	runtime.LockOSThread()
	// What cannot be read or set leaves the slack as it is: calls are sent a little later,
	// and the lag tells.
	slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	if err != nil || unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) != nil {
		slack = 0
	}
	return sleeper{slack}
}

// close gives the thread back as it was.
func (s sleeper) close() {
	if s.slack > 0 {
		_ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(s.slack), 0, 0, 0) // as above
	}
	runtime.UnlockOSThread()
}

// sleep waits for d, or for less if a signal comes.
func (sleeper) sleep(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&ts, nil) // interrupted, it is called again
}
