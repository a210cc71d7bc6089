package claims

import (
	"runtime"
	"time"
)

// turn does n steps of work that the compiler cannot leave out and that touches no
// memory.
//
//go:noinline
func turn(n int) (x uint64) {
	x = 88172645463325252
	for range n {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// steps returns how many steps take d on this machine when nothing disturbs them: by the
// fastest of some tries.
func steps(d time.Duration) int {
	const tries, n = 20, 20_000
	best := time.Duration(1 << 62)
	for range tries {
		start := time.Now()
		runtime.KeepAlive(turn(n))
		best = min(best, time.Since(start))
	}
	return max(int(n*nanoseconds(d)/max(nanoseconds(best), 1)), 1)
}
