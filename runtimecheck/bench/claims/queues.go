package claims

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

func queueClaims() []Claim {
	return []Claim{{
		ID:        "queue.ring",
		Technique: "a ring buffer with atomic indices instead of a lock or a channel",
		Says:      "a hand-over fell from 8.7 to 0.9 µs",
		Holds: []Condition{
			faster("atomic ring", "channel", "ns/op", 0.9/8.7),
			faster("atomic ring", "ring with a mutex", "ns/op", 0.9/8.7),
		},
		Why:    "channel and mutex take a lock for each element, and park whoever has to wait; one that writes and one that reads need neither, as long as both may spin",
		Do:     "take it for exactly one writer and one reader that own a CPU each, indices on cache lines of their own; else a channel, which lets others run while it waits, with batches in it",
		Effect: apart,
		needs:  several,
		bench:  benchQueues,
	}}
}

// A queue hands integers from one goroutine to another.
type queue interface {
	put(v uint64)
	get() uint64
}

// room is how many elements each queue has room for: a power of two.
const room = 1024

func benchQueues(ctx context.Context, r *run) error {
	r.note("one goroutine puts integers, one gets them, with room for %d", room)
	return r.interleave(ctx,
		queueArm("channel", func() queue { return make(chanQueue, room) }),
		queueArm("ring with a mutex", func() queue { return newMutexRing() }),
		queueArm("atomic ring", func() queue { return new(atomicRing) }),
	)
}

// queueArm hands elements over, and checks that each came once and in order.
func queueArm(name string, empty func() queue) arm {
	return arm{name, func(ctx context.Context, d time.Duration) (sample, error) {
		q := empty()
		const end = ^uint64(0)
		go func() {
			n := uint64(0)
			for until := newDeadline(ctx, d); !until.over(); n++ {
				q.put(n)
			}
			q.put(end)
		}()
		start := time.Now()
		n := uint64(0)
		for v := q.get(); v != end; v = q.get() {
			if v != n {
				return sample{}, outOfOrder(name, v, n)
			}
			n++
		}
		took := time.Since(start)
		return sample{int64(n), []reading{{"ns/op", nanoseconds(took) / float64(n)}}}, nil
	}}
}

type chanQueue chan uint64

func (q chanQueue) put(v uint64) { q <- v }
func (q chanQueue) get() uint64  { return <-q }

// A mutexRing is a ring under a mutex, with a condition for those who wait.
type mutexRing struct {
	mu         sync.Mutex
	changed    sync.Cond
	head, tail uint64
	cells      [room]uint64
}

func newMutexRing() *mutexRing {
	q := new(mutexRing)
	q.changed.L = &q.mu
	return q
}

func (q *mutexRing) put(v uint64) {
	q.mu.Lock()
	for q.tail-q.head == room {
		q.changed.Wait()
	}
	q.cells[q.tail%room] = v
	q.tail++
	q.mu.Unlock()
	q.changed.Signal()
}

func (q *mutexRing) get() uint64 {
	q.mu.Lock()
	for q.tail == q.head {
		q.changed.Wait()
	}
	v := q.cells[q.head%room]
	q.head++
	q.mu.Unlock()
	q.changed.Signal()
	return v
}

// An atomicRing is for one that puts and one that gets. Each index is on a cache line of
// its own, and each side looks at the other's only when its copy says that it must wait.
type atomicRing struct {
	head atomic.Uint64 // of the next to get; written by the reader
	_    [pad]byte
	tail atomic.Uint64 // of the next to put; written by the writer
	_    [pad]byte
	seen struct {
		tail uint64 // that the reader saw last
		_    [pad]byte
		head uint64 // that the writer saw last
	}
	_     [pad]byte
	cells [room]uint64
}

// pad keeps what two CPUs write apart: two lines of 64 bytes, since some CPUs fetch them
// in pairs.
const pad = 128

func (q *atomicRing) put(v uint64) {
	at := q.tail.Load()
	for spins := 0; at-q.seen.head == room; spins++ {
		q.seen.head = q.head.Load()
		rest(spins)
	}
	q.cells[at%room] = v
	q.tail.Store(at + 1)
}

func (q *atomicRing) get() uint64 {
	at := q.head.Load()
	for spins := 0; at == q.seen.tail; spins++ {
		q.seen.tail = q.tail.Load()
		rest(spins)
	}
	v := q.cells[at%room]
	q.head.Store(at + 1)
	return v
}

// rest lets others run after some turns of waiting: the other side may have no CPU.
func rest(spins int) {
	const patience = 100
	if spins%patience == patience-1 {
		runtime.Gosched()
	}
}

// outOfOrder is the error of a queue that lost or doubled an element.
func outOfOrder(queue string, got, want uint64) error {
	return fmt.Errorf("%s handed over element %d where %d was due", queue, got, want)
}
