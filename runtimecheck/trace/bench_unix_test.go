//go:build unix

package trace

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	xtrace "golang.org/x/exp/trace"
)

// BenchmarkAnalyze reports how many events are analysed in a second of a CPU's time,
// the collector's share included, and x-raw, how many times as long that takes as
// reading them with golang.org/x/exp/trace alone, in the same run. LAGVET_TRACE names
// a trace to take instead of one of its own.
func BenchmarkAnalyze(b *testing.B) {
	data := benchmarkTrace(b)
	b.SetBytes(int64(len(data)))
	var events int64
	var raw, whole time.Duration
	for b.Loop() {
		raw += used(b, func() { readRaw(b, data) })
		whole += used(b, func() {
			r, err := Analyze(context.Background(), bytes.NewReader(data), Options{})
			if err != nil {
				b.Fatal(err)
			}
			events += r.Trace.Events
		})
	}
	b.ReportMetric(float64(events)/whole.Seconds(), "events/cpu-s")
	b.ReportMetric(float64(whole)/float64(raw), "x-raw")
}

// used returns the CPU time that f takes: on a machine with other work, wall time
// would tell of that.
func used(b *testing.B, f func()) time.Duration {
	runtime.GC()
	var before, after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		b.Fatal(err)
	}
	f()
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		b.Fatal(err)
	}
	spent := func(u syscall.Rusage) int64 { return u.Utime.Nano() + u.Stime.Nano() }
	return time.Duration(spent(after) - spent(before))
}

func benchmarkTrace(b *testing.B) []byte {
	if name := os.Getenv("LAGVET_TRACE"); name != "" {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		return data
	}
	return record(b, busy)
}

// busy makes many events: of locks, channels, system calls and nested regions.
func busy() {
	var mu sync.Mutex
	work, done := make(chan int), make(chan bool)
	go func() {
		for range work {
		}
		close(done)
	}()
	each(8, func(int) {
		for n := range 5000 {
			region("request", func() {
				region("lock", func() {
					mu.Lock()
					_, _ = os.Stat("doc.go")
					mu.Unlock()
				})
				work <- n
			})
		}
	})
	close(work)
	<-done
}

func readRaw(b *testing.B, data []byte) {
	r, err := xtrace.NewReader(bytes.NewReader(data))
	if err != nil {
		b.Fatal(err)
	}
	for {
		switch _, err := r.ReadEvent(); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			b.Fatal(err)
		}
	}
}
