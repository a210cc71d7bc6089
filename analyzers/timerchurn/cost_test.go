package timerchurn_test

import (
	"testing"
	"time"
)

// The costs that doc.go and the messages quote are those of these benchmarks:
//
//	go test -run=^$ -bench=Timer -benchtime=10ms -count=20 ./analyzers/timerchurn
//
// In each a wait is overtaken by what it waits for besides.

func BenchmarkTimer(b *testing.B) {
	in := make(chan int, 1)
	b.Run("After", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			in <- 1
			select {
			case <-in:
			case <-time.After(time.Hour):
			}
		}
	})
	b.Run("NewTimer", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			in <- 1
			t := time.NewTimer(time.Hour)
			select {
			case <-in:
			case <-t.C:
			}
			t.Stop()
		}
	})
	b.Run("Reset", func(b *testing.B) {
		b.ReportAllocs()
		t := time.NewTimer(time.Hour)
		defer t.Stop()
		for b.Loop() {
			in <- 1
			t.Reset(time.Hour)
			select {
			case <-in:
			case <-t.C:
			}
		}
	})
	b.Run("None", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			in <- 1
			<-in
		}
	})
}
