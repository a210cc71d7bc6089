package appender

import "example.com/pools/zeropool"

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
