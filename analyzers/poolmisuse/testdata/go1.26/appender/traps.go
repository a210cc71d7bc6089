package appender

import (
	"sync"

	"example.com/pools/zeropool"
)

// Nothing in it refers to anything.
func (h *head) trapPlain(b []sample) { h.samples.Put(b[:0]) }

// Cleared first.
func (h *head) trapCleared(b []labelled) {
	clear(b)
	h.histograms.Put(b[:0])
}

// Cleared one by one, as before Go 1.21.
func (h *head) trapLoop(b []labelled) {
	for i := range b {
		b[i].h = nil
	}
	h.histograms.Put(b[:0])
}

// The closure sees the slice as it is at the end.
func (h *head) trapClosure(hs []histogram) int {
	g := h.groups.Get(len(hs))
	defer func() { h.groups.Put(g) }()
	g = collect(g, hs)
	return len(g)
}

// Filled in place.
func (h *head) trapInPlace(hs []histogram) int {
	g := h.groups.Get(len(hs))
	defer h.groups.Put(g)
	for i := range g {
		g[i] = &hs[i]
	}
	return len(g)
}

// A pool of the address of what grows.
func trapAddress(p *zeropool.Pool[*[]sample], s sample) {
	b := p.Get()
	defer p.Put(b)
	*b = append((*b)[:0], s)
}

// What is behind the end is filled again: the histograms stay, with their buckets.
var scratch zeropool.Pool[[]labelled]

func getScratch() []labelled {
	if s := scratch.Get(); s != nil {
		return s
	}
	return make([]labelled, 0, 16)
}

func trapScratch(b []labelled) { scratch.Put(b[:0]) }

func (h *head) fill(into []labelled, at []int64) []labelled {
	for _, t := range at {
		if into == nil {
			into = getScratch()
		}
		n := len(into)
		if n < cap(into) {
			into = into[:n+1]
		} else {
			into = append(into, labelled{})
		}
		if into[n].h == nil {
			into[n].h = new(histogram)
		}
		into[n].at, into[n].h.buckets = t, append(into[n].h.buckets[:0], t)
	}
	return into
}

// The same by a sync.Pool.
var rows = sync.Pool{New: func() any { return make([]labelled, 0, 16) }}

func trapRows(at []int64) int {
	r := rows.Get().([]labelled)
	for len(r) < cap(r) && len(r) < len(at) {
		r = r[:len(r)+1]
	}
	n := len(r)
	rows.Put(r[:0])
	return n
}
