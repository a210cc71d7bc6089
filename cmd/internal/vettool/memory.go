package vettool

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// The processes of most units end within milliseconds, and what they hold is small: to
// collect their garbage takes a quarter of their time (docs/performance.md) and saves
// little memory. So there may be this much garbage, in bytes, before any is collected, or
// as much as is in use where that is more, which is Go's default.
const spare = 400 << 20

// smallest is the heap, in bytes, that the runtime takes a percentage of where less is in
// use: defaultHeapMinimum in runtime/mgcpacer.go.
const smallest = 4 << 20

// spareGC lets garbage grow as above, unless the user says how much there may be.
func spareGC() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(percent(0))
	afterEachGC(func() { debug.SetGCPercent(percent(inUse())) })
}

// percent returns how much garbage there may be, as in GOGC, beside so many bytes in use.
func percent(live uint64) int {
	return int(max(100, 100*spare/max(smallest, live)))
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
