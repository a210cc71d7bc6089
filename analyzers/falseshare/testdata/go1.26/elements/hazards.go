// Package elements counts by worker, by shard and by CPU.
package elements

import (
	"math/bits"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

type job struct{ n int }

func (j job) do() int { return j.n }

// One counter for each worker, in a field.
type pool struct {
	parts  [][]uint64
	served []atomic.Int64 // want `^likely: elements of served are 8 bytes, so 8 of them share a cache line, and each goroutine of a loop writes its own, again and again: each write waits for the line to come from the core that wrote another one ← Add writes one element$`
}

func newPool(n int) *pool {
	return &pool{parts: make([][]uint64, n), served: make([]atomic.Int64, n)}
}

func (p *pool) run() {
	for i := range p.served {
		go func() {
			for _, v := range p.parts[i] {
				p.served[i].Add(int64(bits.OnesCount64(v)))
			}
		}()
	}
}

// Plain numbers in a local slice, by a parameter of the goroutine.
func sum(parts [][]int) int {
	sums := make([]int, len(parts)) // want `^likely: elements of \w+ are 8 bytes`
	var wg sync.WaitGroup
	for w, part := range parts {
		wg.Add(1)
		go func(w int, part []int) {
			defer wg.Done()
			for _, v := range part {
				sums[w] += v
			}
		}(w, part)
	}
	wg.Wait()
	total := 0
	for _, s := range sums {
		total += s
	}
	return total
}

// A struct of counters, by a method that runs as a goroutine.
type tally struct {
	ok, failed atomic.Uint32
}

type fleet struct {
	tallies [32]tally // want `^likely: elements of tallies are 8 bytes`
	in      chan job
}

func (f *fleet) start() {
	for i := 0; i < len(f.tallies); i++ {
		go f.work(i)
	}
}

//lagvet:hot
func (f *fleet) work(id int) {
	for j := range f.in {
		if j.do() == 0 {
			f.tallies[id].failed.Add(1)
			continue
		}
		f.tallies[id].ok.Add(1)
	}
}

// Through a group, with functions of sync/atomic.
type group struct{ wg sync.WaitGroup }

func (g *group) Go(f func()) {
	g.wg.Add(1)
	go func() { defer g.wg.Done(); f() }()
}

func scan(chunks [][]byte) []uint64 {
	hits := make([]uint64, len(chunks)) // want `^likely: elements of \w+ are 8 bytes`
	var g group
	for i, c := range chunks {
		g.Go(func() {
			for _, b := range c {
				if b == '\n' {
					atomic.AddUint64(&hits[i], 1)
				}
			}
		})
	}
	g.wg.Wait()
	return hits
}

// Striped to keep writers apart: at random, or by CPU.
const stripes = 16

type striped struct {
	cells [stripes]atomic.Uint64 // want `^likely: elements of cells are 8 bytes, so 8 of them share a cache line, and the index comes from a random number, so that goroutines do not meet`
}

func (s *striped) inc() { s.cells[rand.Uint32()%stripes].Add(1) }

func (s *striped) sum() (n uint64) {
	for i := range s.cells {
		n += s.cells[i].Load()
	}
	return n
}

type slot struct {
	mu   sync.Mutex
	used uint32
}

var slots [64]slot // want `^likely: elements of slots are 12 bytes, so 5 of them share a cache line, and the index comes from a CPU number`

func procPin() int { return 0 }

func account(n uint32) {
	s := &slots[procPin()&63]
	s.mu.Lock()
	s.used += n
	s.mu.Unlock()
}

// Hot code.
type limiter struct {
	windows []atomic.Int32 // want `^likely: elements of windows are 4 bytes, so 16 of them share a cache line, and hot code writes it`
}

//lagvet:hot
func (l *limiter) allow(key uint64) bool {
	return l.windows[key%uint64(len(l.windows))].Add(1) < 100
}

// A package-level array, passed to the goroutine: what it calls may take long.
var progress [8]atomic.Int64 // want `^suspected: elements of progress are 8 bytes`

func crawl(next func() bool) {
	for i := range 8 {
		go step(i, next)
	}
}

func step(worker int, next func() bool) {
	for next() {
		progress[worker].Add(1)
	}
}

// Two packed counters in a struct that is small still.
type lane struct {
	in, out int64
}

func relay(parts [][]int) {
	counts := make([]lane, len(parts)) // want `^likely: elements of \w+ are 16 bytes, so 4 of them`
	for l := range parts {
		go func() {
			for _, v := range parts[l] {
				counts[l].in++
				counts[l].out += int64(v)
			}
		}()
	}
}

// A type with a parameter, and a count by name.
type census[T comparable] struct {
	matches []uint32 // want `^likely: elements of matches are 4 bytes`
}

func (c *census[T]) run(want T, parts [][]T) {
	for i, part := range parts {
		go c.count(i, want, part)
	}
}

func (c *census[T]) count(part int, want T, items []T) {
	for _, it := range items {
		if it == want {
			c.matches[part]++
		}
	}
}
