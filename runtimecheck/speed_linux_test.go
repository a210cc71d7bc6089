package runtimecheck_test

import (
	"runtime"
	"syscall"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func TestMain(m *testing.M) {
	live.Main(m, map[string]func(){"large": large})
}

// large is a process with 200 threads and 100,000 goroutines.
func large() {
	for range 200 {
		ready := make(chan bool)
		go func() {
			runtime.LockOSThread()
			ready <- true
			for {
				_ = syscall.Pause() // the thread is the kernel's, signals of the runtime wake it
			}
		}()
		<-ready
	}
	for range 100_000 {
		go func() { select {} }()
	}
	live.Ready()
}

func latency(b *testing.B) *posture.Profile {
	b.Helper()
	p, err := posture.Named("latency")
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// What a look from outside at a large process takes.
func BenchmarkProcess(b *testing.B) {
	i, err := runtimecheck.Process(live.Start(b, "large"), latency(b))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := i.Inspect(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// What a program takes to look at itself.
func BenchmarkCheck(b *testing.B) {
	p := latency(b)
	for b.Loop() {
		if _, err := runtimecheck.Check(b.Context(), p); err != nil {
			b.Fatal(err)
		}
	}
}
