// Package poll waits by sleeping.
package poll

import (
	"context"
	"log"
	"sync"
	"sync/atomic"
	"time"
)

type table struct {
	mu      sync.RWMutex
	parts   []int
	ready   atomic.Bool
	closed  bool
	readers map[int]bool
	lowest  int64
}

func (t *table) flushed() {
	t.mu.Lock()
	t.parts = t.parts[1:]
	t.mu.Unlock()
}

func (t *table) numParts() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.parts)
}

func (t *table) open() { t.ready.Store(true) }

func (t *table) read(id int) {
	t.mu.Lock()
	t.readers[id] = true
	t.mu.Unlock()
}

func (t *table) done(id int) {
	t.mu.Lock()
	delete(t.readers, id)
	t.mu.Unlock()
}

// By a getter, behind a lock.
func (t *table) makeRoom(max int) {
	for t.numParts() >= max {
		time.Sleep(10 * time.Millisecond) // want `likely: this loop asks for parts again after each sleep of 10ms: what waits for it finds out late, by half of that on average, and wakes for nothing until then ← changes parts`
	}
}

// By an atomic flag, in the middle of the loop.
func (t *table) await(ctx context.Context) error {
	for {
		if t.ready.Load() {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		time.Sleep(time.Millisecond) // want `likely: this loop asks for ready again`
	}
}

// Bounded by a deadline, and late all the same.
func (t *table) awaitFor(timeout time.Duration) bool {
	deadline := time.Now().Add(timeout)
	for time.Now().Before(deadline) {
		if t.ready.Load() {
			return true
		}
		time.Sleep(50 * time.Millisecond) // want `likely: this loop asks for ready again`
	}
	return false
}

// Over all there are.
func (t *table) idle() {
	for {
		busy := false
		t.mu.RLock()
		for _, reading := range t.readers {
			if reading {
				busy = true
				break
			}
		}
		t.mu.RUnlock()
		if !busy {
			return
		}
		time.Sleep(20 * time.Millisecond) // want `likely: this loop asks for readers again`
	}
}

// The lock is given back for the sleep.
func (t *table) unlocked() {
	t.mu.Lock()
	for len(t.parts) > 0 {
		t.mu.Unlock()
		time.Sleep(time.Millisecond) // want `likely: this loop asks for parts again`
		t.mu.Lock()
	}
	t.mu.Unlock()
}

// By a closure.
func (t *table) overlaps(max int) {
	full := func() bool {
		t.mu.RLock()
		defer t.mu.RUnlock()
		return len(t.parts) > max
	}
	for full() {
		time.Sleep(500 * time.Millisecond) // want `likely: this loop asks for parts again`
	}
}

// With a word to the log now and then.
func (t *table) told() {
	n := 0
	for t.numParts() > 0 {
		n++
		if n%100 == 0 {
			log.Printf("waiting for %d parts", t.numParts())
		}
		time.Sleep(10 * time.Millisecond) // want `likely: this loop asks for parts again`
	}
}

// A goroutine of the same function.
func gather(jobs []func()) {
	var left atomic.Int64
	left.Store(int64(len(jobs)))
	for _, job := range jobs {
		go func() {
			defer left.Add(-1)
			job()
		}()
	}
	for left.Load() > 0 {
		time.Sleep(time.Millisecond) // want `likely: this loop asks for left again`
	}
}

// A package variable, and a select that asks whether to go on.
var leader string

func elect(name string) { leader = name }

func awaitLeader(stop <-chan struct{}) string {
	for {
		if leader != "" {
			return leader
		}
		select {
		case <-stop:
			return ""
		default:
		}
		time.Sleep(100 * time.Millisecond) // want `likely: this loop asks for leader again`
	}
}

// A generic one.
type cell[T any] struct {
	mu  sync.Mutex
	val T
	set bool
}

func (c *cell[T]) put(v T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.val, c.set = v, true
}

func (c *cell[T]) get() (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.val, c.set
}

func (c *cell[T]) wait() T {
	for {
		if v, ok := c.get(); ok {
			return v
		}
		time.Sleep(time.Millisecond) // want `likely: this loop asks for (val|set) again`
	}
}

// A select that sleeps.
func (t *table) serve(in <-chan int, stop <-chan struct{}) {
	for {
		select {
		case id := <-in:
			t.read(id)
		case <-stop:
			return
		default:
			time.Sleep(5 * time.Millisecond) // want `likely: this select sleeps for 5ms while no case is ready, and whatever comes meanwhile waits for the sleep to end`
		}
	}
}

// By how much is in a channel.
type queue struct{ jobs chan func() }

func (q *queue) work() {
	for job := range q.jobs {
		job()
	}
}

func (q *queue) awaitEmpty() {
	for len(q.jobs) > 0 {
		time.Sleep(10 * time.Millisecond) // want `likely: this loop asks for jobs again .* ← changes jobs`
	}
}

// As something ends nobody is kept waiting: suspected.
func (t *table) Close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	for t.numParts() > 0 {
		time.Sleep(10 * time.Millisecond) // want `suspected: .*but only as something ends`
	}
}

// So many times: suspected.
func (t *table) health() bool {
	for i := 0; i < 10; i++ {
		if t.ready.Load() {
			return true
		}
		time.Sleep(time.Millisecond) // want `suspected: .*but it counts how often`
	}
	return false
}

// Until enough has gathered, for a while: suspected.
func (t *table) gather(min int, stop <-chan struct{}) {
	pause := time.Millisecond
	var waited time.Duration
	for n := t.numParts(); n < min; {
		time.Sleep(pause) // want `suspected: .*but the sleeps grow`
		select {
		case <-stop:
			return
		default:
		}
		more := t.numParts()
		if waited += pause; waited > time.Second || more <= n {
			break
		}
		n = more
		pause *= 2
	}
}
