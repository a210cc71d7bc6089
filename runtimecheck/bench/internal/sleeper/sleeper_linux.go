package sleeper

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Late is by how much Sleep may commonly return too late: the kernel lets a thread lie for
// up to 50 µs too long where its slack cannot be set (PR_SET_TIMERSLACK in prctl(2)), and
// then has to wake it.
const Late = 150 * time.Microsecond

// A Sleeper sleeps in the kernel. An idle Go program waits for its timers in epoll_wait,
// which counts in milliseconds: on a machine of two shared CPUs time.Sleep of 500 µs was
// late by 630 µs in the median, nanosleep by 100 µs, and by 50 µs on a thread without
// timer slack. So it keeps a thread.
type Sleeper struct{ slack int }

// New is called by the goroutine that sleeps.
func New() Sleeper {
	runtime.LockOSThread()
	// What cannot be read or set leaves the slack as it is: calls are sent a little later,
	// and the lag tells.
	slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	if err != nil || unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) != nil {
		slack = 0
	}
	return Sleeper{slack}
}

// Close gives the thread back as it was.
func (s Sleeper) Close() {
	if s.slack > 0 {
		_ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(s.slack), 0, 0, 0) // as above
	}
	runtime.UnlockOSThread()
}

// Sleep waits for d, or for less if a signal comes.
func (Sleeper) Sleep(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&ts, nil) // interrupted, it is called again
}
