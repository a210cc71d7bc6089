package claims

import (
	"context"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"time"
)

// liveNodes is how many nodes the live heap of a load has: with what hangs on them some
// 16 MiB, which take a collection some milliseconds to mark.
const liveNodes = 1 << 16

// liveBytes is about what they take.
const liveBytes = liveNodes * 256

// A node is what the live heap is made of: pointers to follow, and bytes.
type node struct {
	next *node
	data []byte
}

// A heapLoad allocates as a service does: each operation makes some objects that die
// young, and one that takes the place of an old one.
type heapLoad struct{ live []*node }

func newHeapLoad() *heapLoad {
	h := &heapLoad{live: make([]*node, liveNodes)}
	for i := range h.live {
		h.live[i] = &node{data: make([]byte, 208)}
	}
	return h
}

// worker allocates some 2 KiB an operation, of which an eighth stays.
func (h *heapLoad) worker(i, of int) worker {
	random := rand.New(rand.NewPCG(uint64(i), 2))
	part := len(h.live) / of
	mine := h.live[i*part : (i+1)*part]
	return func() {
		var young *node
		for range 8 {
			young = &node{next: young, data: make([]byte, 208)}
		}
		young.next = nil
		mine[random.IntN(len(mine))] = young
	}
}

// allocate has all CPUs allocate for d, and on until there was a collection: a round
// without one would tell of pauses of no length.
func (h *heapLoad) allocate(ctx context.Context, d time.Duration) sample {
	n := cores(16)
	t := newTeam(n, func(i int) worker { return h.worker(i, n) })
	before := collected()
	took := t.work(ctx, d)
	for collected().cycles == before.cycles && ctx.Err() == nil {
		took += t.work(ctx, d)
	}
	return t.sample(took, before)
}

// A knob is how the collector is set.
type knob struct {
	percent int   // GOGC; -1: off
	limit   int64 // GOMEMLIMIT in bytes; 0: none
}

// set sets the collector, and has it begin anew.
func (k knob) set() {
	debug.SetGCPercent(k.percent)
	limit := k.limit
	if limit == 0 {
		limit = noLimit
	}
	debug.SetMemoryLimit(limit)
	runtime.GC()
}

// noLimit is the memory limit of a program that has none, as package debug has it.
const noLimit = 1<<63 - 1
