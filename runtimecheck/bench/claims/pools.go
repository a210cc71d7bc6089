package claims

import (
	"context"
	"sync"
	"time"
)

func poolClaims() []Claim {
	return []Claim{{
		ID:        "pool.reuse",
		Technique: "sync.Pool for parsed tokens, orders and buffers",
		Says:      "allocations fell from 98,000 to 12,000 a second, and pauses from 1.42 to 0.33 ms",
		Holds: []Condition{
			faster("sync.Pool", "new", "allocs/op", 12.0/98),
			faster("sync.Pool", "new", "stopped-ns/op", 0.33/1.42),
		},
		Why:    "what is used again need not be allocated, zeroed and collected",
		Do:     "pool what is large, short-lived and made often, as pointers, and reset it; what the compiler keeps on the stack costs less than any pool. lagvet's rule poolmisuse finds pools that harm",
		Effect: apart,
		bench:  benchPool,
	}}
}

// A parsed is what a request is parsed into.
type parsed struct {
	buf    []byte
	tokens [][]byte
}

func newParsed() *parsed {
	return &parsed{buf: make([]byte, 4<<10), tokens: make([][]byte, 0, 32)}
}

// use fills a parsed as a parser would.
func (p *parsed) use() {
	p.tokens = p.tokens[:0]
	const token = 128
	for at := 0; at < len(p.buf); at += token {
		p.buf[at]++
		p.tokens = append(p.tokens, p.buf[at:at+token])
	}
}

func benchPool(ctx context.Context, r *run) error {
	heap := newHeapLoad() // so that a collection has something to mark
	pool := sync.Pool{New: func() any { return newParsed() }}
	var held [16]*parsed // so that the compiler does not keep them on the stack
	r.note("each operation fills 4 KiB and 32 slices, beside a live heap of %d MiB", liveBytes>>20)
	err := r.interleave(ctx,
		poolArm("new", func(i int) worker {
			return func() {
				held[i] = newParsed()
				held[i].use()
			}
		}),
		poolArm("sync.Pool", func(int) worker {
			return func() {
				p := pool.Get().(*parsed) // nothing else is put there
				p.use()
				pool.Put(p)
			}
		}),
	)
	heap.live[0] = nil // it lives until here
	return err
}

func poolArm(name string, make func(i int) worker) arm {
	return arm{name, func(ctx context.Context, d time.Duration) (sample, error) {
		t := newTeam(cores(16), make)
		before, gc := allocated(), collected()
		return t.sample(t.work(ctx, d), before, gc), nil
	}}
}
