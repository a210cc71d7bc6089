package vettool

import (
	"runtime"
	"testing"
	"time"
)

func TestSpare(t *testing.T) {
	for processes, want := range map[int]uint64{
		1:  maxSpare,
		2:  maxSpare,
		8:  allSpare / 8,
		12: allSpare / 12,
		64: minSpare,
	} {
		if got := spare(processes); got != want {
			t.Errorf("%d processes may each have %d bytes of garbage, want %d", processes, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, tt := range []struct {
		live uint64 // bytes
		want int
	}{
		{0, 10000}, // of the smallest heap: the first collection comes at 400 MB
		{smallest, 10000},
		{100 << 20, 400},
		{200 << 20, 200},
		{400 << 20, 100},
		{3200 << 20, 100},
	} {
		if got := percent(400<<20, tt.live); got != tt.want {
			t.Errorf("%d bytes in use: %d %%, want %d", tt.live, got, tt.want)
		}
	}
}

func TestAfterEachGC(t *testing.T) {
	ran := make(chan uint64, 1)
	afterEachGC(func() {
		select {
		case ran <- inUse():
		default:
		}
	})
	for i := range 3 {
		if live := collect(t, ran); live == 0 {
			t.Errorf("collection %d: nothing is in use", i)
		}
	}
}

// collect collects garbage until that is told.
func collect(t *testing.T, ran <-chan uint64) uint64 {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		runtime.GC()
		select {
		case live := <-ran:
			return live
		case <-deadline:
			t.Fatal("no collection is told")
		case <-time.After(time.Millisecond):
		}
	}
}
