package claims

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/system"
)

// A thread that is pinned for an arm is, by what the kernel says, and no other thread is
// afterwards.
func TestOnThread(t *testing.T) {
	k := system.Here().Kernel
	before, err := k.Affinity(0)
	if err != nil {
		t.Fatal(err)
	}
	cpu := before[len(before)-1]
	want := sample{ops: 7}
	got, err := onThread([]int{cpu}, func() (sample, error) { return want, verifyPinned(k, cpu) })
	if err != nil || got.ops != want.ops {
		t.Errorf("%+v, %v", got, err)
	}
	after, err := k.Affinity(0)
	if err != nil || !slices.Equal(after, before) {
		t.Errorf("the process may run on %v, before on %v; %v", after, before, err)
	}
	if _, err := onThread([]int{1 << 9}, func() (sample, error) { return sample{}, nil }); err == nil && len(before) < 1<<9 {
		t.Error("a thread was pinned to a CPU that there is not")
	}
}

// A walk goes through all of its memory, which lies on the node that was asked for.
func TestWalk(t *testing.T) {
	here := system.Here()
	_, node, err := here.Kernel.CPU()
	if err != nil {
		t.Fatal(err)
	}
	const size = 1 << 20
	w, err := newWalk(here.Kernel, node, size)
	if reason, ok := errors.AsType[*notHere](err); ok {
		t.Logf("this machine does not say where memory lies: %v", reason)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	seen := make(map[uint64]bool)
	for at := uint64(0); !seen[at]; at = *w.word(at) {
		seen[at] = true
	}
	if len(seen) != size/cell {
		t.Errorf("a walk comes to %d of %d cells", len(seen), size/cell)
	}
	if err := w.verify(here.Kernel, node+1); err == nil {
		t.Error("memory passes for that of another node")
	}
	if s, err := w.arm("walk").do(t.Context(), time.Millisecond); err != nil || s.ops == 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestOffset(t *testing.T) {
	second := int64(time.Second)
	for _, tt := range []struct {
		a, b int64
		want float64
	}{
		{1_700_000_037*second + 12, 1_700_000_000 * second, 12},
		{1_700_000_000*second - 12, 1_700_000_000 * second, 12},
		{1_700_000_036*second + 999_999_900, 1_700_000_000 * second, 100},
		{5, 5, 0},
	} {
		if got := offset(tt.a, tt.b); got != tt.want {
			t.Errorf("%d and %d are %v apart, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}
