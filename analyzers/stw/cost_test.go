package stw

import (
	"runtime"
	"runtime/metrics"
	"testing"
)

// The benchmarks are the source of the figures in the package comment.

func BenchmarkOwnStack(b *testing.B) {
	buf := make([]byte, 64<<10)
	for b.Loop() {
		runtime.Stack(buf, false)
	}
}

func BenchmarkMetric(b *testing.B) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for b.Loop() {
		metrics.Read(sample)
	}
}

func BenchmarkReadMemStats(b *testing.B) {
	var m runtime.MemStats
	for b.Loop() {
		runtime.ReadMemStats(&m)
	}
}

func BenchmarkGoroutineProfile(b *testing.B) {
	defer park(1000)()
	p := make([]runtime.StackRecord, 2000)
	for b.Loop() {
		runtime.GoroutineProfile(p)
	}
}

func BenchmarkAllStacks(b *testing.B) {
	defer park(1000)()
	buf := make([]byte, 4<<20)
	for b.Loop() {
		runtime.Stack(buf, true)
	}
}

func BenchmarkGC(b *testing.B) {
	for b.Loop() {
		runtime.GC()
	}
}

// park starts n goroutines that wait until the function that it returns is
// called.
func park(n int) (end func()) {
	stop := make(chan struct{})
	for range n {
		go func() { <-stop }()
	}
	return func() { close(stop) }
}
