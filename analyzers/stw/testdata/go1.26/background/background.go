// Package background works by itself.
package background

import (
	"context"
	"runtime"
	"time"
)

var heap uint64

func watch(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			var m runtime.MemStats
			runtime.ReadMemStats(&m) // want `^suspected: runtime.ReadMemStats stops every goroutine while the figures of all threads are summed up, each time this loop comes round$`
			heap = m.HeapAlloc
		case <-ctx.Done():
			return
		}
	}
}

func watchByCall() {
	for range time.Tick(time.Second) {
		read() // want `^suspected: read ends in runtime.ReadMemStats, which .*, each time this loop comes round ← calls read ← runtime.ReadMemStats stops the world$`
	}
}

func read() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	heap = m.HeapAlloc
}

func watchBySleep() {
	for {
		read() // want `^suspected: read ends in`
		time.Sleep(time.Second)
	}
}
