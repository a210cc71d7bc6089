package bench

import (
	"time"

	"golang.org/x/sys/unix"
)

// spin is how long before a call is due sleeping ends: the kernel lets a thread lie for up
// to 50 µs too long (PR_SET_TIMERSLACK in prctl(2)), and then has to wake it.
const spin = 150 * time.Microsecond

// sleep sleeps in the kernel: on an idle P time.Sleep is rounded up to milliseconds, which
// is what epoll_wait counts in.
func sleep(d time.Duration) {
	pause := unix.NsecToTimespec(d.Nanoseconds())
	_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &pause, nil) // if a signal ends it, the rest is spun
}
