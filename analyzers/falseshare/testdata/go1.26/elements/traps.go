package elements

import (
	"hash/fnv"
	"math/bits"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

// Padded.
type cacheLinePad struct{ _ [64]byte }

type padded struct {
	n atomic.Int64
	_ [56]byte
}

type spaced struct {
	n atomic.Int64
	_ cacheLinePad
}

type quiet struct {
	a []padded
	b [8]spaced
	c []*atomic.Int64
}

func (q *quiet) run(next func() bool) {
	for i := range 8 {
		go func() {
			for next() {
				q.a[i].n.Add(1)
				q.b[i].n.Add(1)
				q.c[i].Add(1)
			}
		}()
	}
}

// Each goroutine writes its result once.
func gather(urls []string, get func(string) int64) []int64 {
	results := make([]int64, len(urls))
	var done sync.WaitGroup
	for i, u := range urls {
		done.Add(1)
		go func() {
			defer done.Done()
			results[i] = get(u)
		}()
	}
	done.Wait()
	return results
}

// Added up in a local variable.
func locally(parts [][]int) int {
	sums := make([]int, len(parts))
	var wg sync.WaitGroup
	for w, part := range parts {
		wg.Go(func() {
			n := 0
			for _, v := range part {
				n += v
			}
			sums[w] = n
		})
	}
	wg.Wait()
	return sums[0]
}

// One goroutine writes them all.
type histogram struct {
	single  [32]int64
	buckets [65]atomic.Uint64
}

func (h *histogram) loop(ch chan int64) {
	go func() {
		for v := range ch {
			h.single[v%32]++
		}
	}()
}

// The data decides which one.
func (h *histogram) observe(v uint64) { h.buckets[bits.Len64(v)].Add(1) }

// What the goroutine has for itself.
func own(n int, next func() bool) {
	for range n {
		go func() {
			var counts [8]int64
			k := 0
			for next() {
				counts[k&7]++
				k++
			}
		}()
	}
}

// Each goroutine has a ring of its own, at a place of its own.
type tracer struct {
	ring [64]int64
	head int
	in   []int64
}

func (t *tracer) loop(id int) {
	for _, v := range t.in {
		t.ring[t.head&63] += v
		t.head++
		t.ring[id&63] += v
	}
}

func trace(ts []tracer) {
	for i := range ts {
		go ts[i].loop(i)
	}
	for i := range 8 {
		t := &tracer{in: make([]int64, 8)}
		go func() {
			for _, v := range t.in {
				t.ring[i] += v
			}
		}()
	}
}

// A result, though a loop tries again for it.
func retry(urls []string, get func(string) (int64, bool)) []int64 {
	results := make([]int64, len(urls))
	for i, u := range urls {
		go func() {
			for ok := false; !ok; {
				results[i], ok = get(u)
			}
		}()
	}
	return results
}

// A constant index.
type stats [4]atomic.Int64

func (s *stats) hit()  { s[0].Add(1) }
func (s *stats) miss() { s[1].Add(1) }

// Large elements.
type worker struct {
	name  string
	queue []job
	state [8]uint64
	n     atomic.Int64
}

func workers(ws []worker, next func() bool) {
	for i := range ws {
		go func() {
			for next() {
				ws[i].n.Add(1)
			}
		}()
	}
}

// Only suspected: chosen by a hash.
type shard struct {
	mu sync.RWMutex
	m  map[string]int
}

type sharded struct {
	shards [32]shard // want `^suspected: elements of shards are 32 bytes, so 2 of them share a cache line, and whoever comes writes one of them: .*; only suspected: how often is not known`
}

func (s *sharded) put(key string, v int) {
	h := fnv.New32a()
	h.Write([]byte(key))
	sh := &s.shards[h.Sum32()%32]
	sh.mu.Lock()
	sh.m[key] = v
	sh.mu.Unlock()
}

var keyLocks [256]sync.Mutex // want `^suspected: elements of keyLocks are 8 bytes`

func withKey(id uint64, f func()) {
	keyLocks[id&255].Lock()
	defer keyLocks[id&255].Unlock()
	f()
}

// A map beside the lock: only suspected, though the index is random.
type cell struct {
	mu sync.Mutex
	m  map[int]int
}

var cells [8]cell // want `^suspected: elements of cells are 16 bytes`

func spill(k int) {
	c := &cells[rand.IntN(8)]
	c.mu.Lock()
	c.m[k]++
	c.mu.Unlock()
}

// Known, and said so.
//
//lagvet:allow falseshare -- eight bytes for each of a million users
var perUser [1 << 20]atomic.Int64 // want `^allowed: `

func touch(user int) { perUser[user&(1<<20-1)].Add(1) }
