package background

import "runtime"

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
