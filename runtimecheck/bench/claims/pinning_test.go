package claims

import (
	"errors"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
)

// on returns a kernel whose calling thread is on a CPU, and may run on some.
func on(cpu int, mask ...int) fixture.Kernel {
	return fixture.Kernel{
		Affinities: map[int][]int{0: mask},
		On:         &struct{ CPU, Node int }{cpu, 0},
	}
}

func TestVerifyPinned(t *testing.T) {
	fault := errors.New("a fault")
	for _, tt := range []struct {
		name string
		k    fixture.Kernel
		want string
	}{
		{"pinned", on(3, 3), ""},
		{"to another", on(2, 2), "pinning did not take: the thread was to run on CPU 3, and may on [2]"},
		{"to more", on(3, 2, 3), "may on [2 3]"},
		{"unknown", fixture.Kernel{Err: fault}, "reading the thread's CPUs back: a fault"},
	} {
		err := verifyPinned(tt.k, 3)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// A thread that was seen elsewhere even once was not pinned.
func TestStayed(t *testing.T) {
	for _, tt := range []struct {
		name  string
		seen  []int // one look after the other
		moves int64
		want  string
	}{
		{"it stayed", []int{3, 3, 3}, 0, ""},
		{"it moved", []int{3, 1, 1}, 1, "pinned to CPU 3, and was seen on CPU 1 after 1 moves"},
		{"it moved and came back", []int{3, 1, 3}, 2, "seen on CPU 3 after 2 moves"},
		{"it was never there", []int{1, 1, 1}, 0, "seen on CPU 1 after 0 moves"},
	} {
		k := on(tt.seen[0], 3)
		w, err := watchCPU(k)
		if err != nil {
			t.Fatal(err)
		}
		for _, cpu := range tt.seen {
			k.On.CPU = cpu
			if err := w.look(); err != nil {
				t.Fatal(err)
			}
		}
		err = w.stayed(3)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
		if w.moves != tt.moves || w.asked != len(tt.seen) {
			t.Errorf("%s: %d moves in %d looks", tt.name, w.moves, w.asked)
		}
	}
	fault := errors.New("a fault")
	if _, err := watchCPU(fixture.Kernel{Err: fault}); !errors.Is(err, fault) {
		t.Errorf("%v", err)
	}
	if err := (&cpuWatch{kernel: fixture.Kernel{Err: fault}}).look(); !errors.Is(err, fault) {
		t.Errorf("%v", err)
	}
}
