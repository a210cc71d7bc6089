package background

import (
	"runtime"
	"time"
)

// A loop that time does not pace.
func collectAll(jobs []func()) {
	for _, job := range jobs {
		job()
		runtime.GC()
	}
}

// Jobs of a queue.
func work(jobs chan func()) {
	for job := range jobs {
		job()
		runtime.GC()
	}
}

// It happens once, not with each tick.
func watchdog(stuck func() bool) {
	dumped := false
	for range time.Tick(time.Second) {
		if stuck() && !dumped {
			dumped = true
			buf := make([]byte, 1<<16)
			println(string(buf[:runtime.Stack(buf, true)]))
		}
	}
}
