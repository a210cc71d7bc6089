package vettool

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// The processes of most units end within milliseconds, and what they hold is small: to
// collect their garbage takes a quarter of their time (docs/performance.md) and saves
// little memory. So there may be some garbage before any is collected, or as much as is in
// use where that is more, which is Go's default. As many processes run at a time as there
// are processors: allSpare, in bytes, is shared among them, within bounds.
const (
	allSpare = 800 << 20
	minSpare = 64 << 20
	maxSpare = 400 << 20
)

// spare returns how much garbage, in bytes, there may be in each of so many processes.
func spare(processes int) uint64 {
	return uint64(max(minSpare, min(maxSpare, allSpare/processes)))
}

// smallest is the heap, in bytes, that the runtime takes a percentage of where less is in
// use: defaultHeapMinimum in runtime/mgcpacer.go.
const smallest = 4 << 20

// spareGC lets garbage grow as above, unless the user says how much there may be.
func spareGC() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	garbage := spare(runtime.GOMAXPROCS(0))
	debug.SetGCPercent(percent(garbage, 0))
	afterEachGC(func() { debug.SetGCPercent(percent(garbage, inUse())) })
}

// percent returns what GOGC is to be for so much garbage beside so many bytes in use, but at
// least Go's default.
func percent(garbage, live uint64) int {
	return int(max(100, 100*garbage/max(smallest, live)))
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
