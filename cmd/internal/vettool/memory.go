package vettool

import (
	"os"
	"runtime/debug"
)

// Most units are small and their processes end within milliseconds: collecting
// garbage there takes an eighth of the time spent on what a program imports (for
// the 186 packages below net/http 5.4 s of CPU with the default, 4.8 s with this)
// and saves little memory. A large unit keeps the default.
const (
	smallUnit   = 2 << 20 // bytes of source
	smallUnitGC = 400     // percent, as in GOGC
)

// spareGC lets the garbage of a small unit grow, unless the user says how much
// there may be.
func spareGC(u *unit) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	var size int64
	for _, name := range u.GoFiles {
		if fi, err := os.Stat(name); err == nil {
			size += fi.Size()
		}
	}
	if size < smallUnit {
		debug.SetGCPercent(smallUnitGC)
	}
}
