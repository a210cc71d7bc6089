package hiccup_test

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/bench/hiccup"
)

// BenchmarkCost tells the share of one CPU that a program takes which sleeps, without a
// meter and with one.
func BenchmarkCost(b *testing.B) {
	b.Run("none", func(b *testing.B) { cost(b) })
	for _, o := range []struct {
		name string
		hiccup.Options
	}{
		{"goroutine/1ms", hiccup.Options{}},
		{"goroutine/10ms", hiccup.Options{Interval: 10 * time.Millisecond}},
		{"thread/1ms", hiccup.Options{Thread: true}},
		{"thread/10ms", hiccup.Options{Thread: true, Interval: 10 * time.Millisecond}},
	} {
		b.Run(o.name, func(b *testing.B) {
			m, err := hiccup.Start(o.Options)
			if err != nil {
				b.Fatal(err)
			}
			cost(b)
			if _, err := m.Stop(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

func cost(b *testing.B) {
	b.ReportAllocs()
	used := cpu(b)
	for b.Loop() {
		time.Sleep(100 * time.Millisecond)
	}
	used = cpu(b) - used
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(100*used.Seconds()/b.Elapsed().Seconds(), "cpu-%")
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var use unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
