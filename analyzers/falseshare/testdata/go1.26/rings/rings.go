// Package rings has queues that two sides work on.
package rings

import "sync/atomic"

const mask = 1023

// A ring with one producer and one consumer.
type ring struct {
	buf  [mask + 1]int
	head atomic.Uint64
	tail atomic.Uint64 // want `^likely: head and tail of ring are written from two sides and lie 8 bytes apart, on one cache line: each side's write takes the line from the other side's core ← writes head, in a function that only reads tail ← writes tail, in a function that only reads head$`
}

func (r *ring) push(v int) bool {
	t := r.tail.Load()
	if t-r.head.Load() > mask {
		return false
	}
	r.buf[t&mask] = v
	r.tail.Store(t + 1)
	return true
}

func (r *ring) pop() (v int, ok bool) {
	h := r.head.Load()
	if h == r.tail.Load() {
		return 0, false
	}
	v = r.buf[h&mask]
	r.head.Store(h + 1)
	return v, true
}

// With functions of sync/atomic, a type parameter's slots and a helper.
type item struct{ v int }

type queue struct {
	slots []item
	read  uint32
	flags uint32
	write uint32 // want `^likely: read and write of queue are written from two sides and lie 8 bytes apart`
}

func (q *queue) at(i uint32) *item { return &q.slots[int(i)%len(q.slots)] }

func (q *queue) offer(v int) {
	w := atomic.LoadUint32(&q.write)
	for w-atomic.LoadUint32(&q.read) >= uint32(len(q.slots)) {
	}
	q.at(w).v = v
	atomic.AddUint32(&q.write, 1)
}

func (q *queue) poll() int {
	r := atomic.LoadUint32(&q.read)
	if r == atomic.LoadUint32(&q.write) {
		return -1
	}
	v := q.at(r).v
	atomic.AddUint32(&q.read, 1)
	return v
}

// Only suspected: two sides, and no ring to be seen.
type window struct {
	sent  atomic.Int64
	acked atomic.Int64 // want `^suspected: sent and acked of window are written from two sides`
}

func (w *window) send() bool {
	if w.sent.Load()-w.acked.Load() > 16 {
		return false
	}
	w.sent.Add(1)
	return true
}

func (w *window) ack() {
	if w.acked.Load() < w.sent.Load() {
		w.acked.Add(1)
	}
}

// Padded.
type padded struct {
	head atomic.Uint64
	_    [56]byte
	tail atomic.Uint64
	_    [56]byte
	buf  [mask + 1]int
}

func (r *padded) push(v int) {
	t := r.tail.Load()
	if t-r.head.Load() <= mask {
		r.buf[t&mask] = v
		r.tail.Store(t + 1)
	}
}

func (r *padded) pop() (v int) {
	h := r.head.Load()
	if h != r.tail.Load() {
		v = r.buf[h&mask]
		r.head.Store(h + 1)
	}
	return v
}

// Counters that every request adds to, and one reader.
type counters struct {
	hits, misses atomic.Int64
}

func (c *counters) hit()  { c.hits.Add(1) }
func (c *counters) miss() { c.misses.Add(1) }
func (c *counters) rate() float64 {
	return float64(c.hits.Load()) / float64(c.hits.Load()+c.misses.Load())
}
func (c *counters) reset() {
	c.hits.Store(0)
	c.misses.Store(0)
}

// Written together.
type pair struct{ lo, hi atomic.Uint32 }

func (p *pair) set(lo, hi uint32) {
	p.lo.Store(lo)
	p.hi.Store(hi)
}

func (p *pair) bump() {
	if p.hi.Load() > 0 {
		p.lo.Add(1)
	}
}
