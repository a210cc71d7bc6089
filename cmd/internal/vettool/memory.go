package vettool

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// The processes of most units end within milliseconds, and what they hold is small: to
// collect their garbage takes time and saves little memory. So garbage may grow to
// maxPercent of what is in use, as in GOGC, as long as it is no more than spare; where
// much is in use it may grow to as much, which is Go's default. docs/performance.md has
// what that gains.
const (
	maxPercent = 400
	spare      = 400 << 20 // bytes
)

// spareGC lets garbage grow as above, unless the user says how much there may be.
func spareGC() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(maxPercent)
	afterEachGC(func() { debug.SetGCPercent(percent(inUse())) })
}

// percent returns how much garbage there may be beside so many bytes in use.
func percent(live uint64) int {
	return int(min(maxPercent, max(100, 100*spare/max(1, live))))
}

// inUse returns what the last collection found in use, in bytes.
func inUse() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// afterEachGC calls f after each collection: that finds a sentinel that nothing refers to.
func afterEachGC(f func()) {
	type sentinel struct{ f func() }
	var again func(*sentinel)
	again = func(s *sentinel) {
		s.f()
		runtime.SetFinalizer(s, again)
	}
	runtime.SetFinalizer(&sentinel{f}, again)
}
