// Package appender collects samples in slices from pools.
package appender

import (
	"context"

	"example.com/pools/slicepool"
	"example.com/pools/zeropool"
)

type sample struct {
	at    int64
	value float64
}

type histogram struct{ buckets []int64 }

type labelled struct {
	at int64
	h  *histogram
}

type head struct {
	samples    zeropool.Pool[[]sample]
	histograms zeropool.Pool[[]labelled]
	groups     slicepool.Pool[*histogram]
	buckets    slicepool.Buckets
}

// What the histograms are is kept alive behind the end of the slice.
func (h *head) putHistograms(b []labelled) {
	h.histograms.Put(b[:0]) // want `likely: this slice is cut and not cleared`
}

// The deferred call has the slice from before it grew.
func (h *head) collect(hs []histogram) int {
	s := h.samples.Get()
	defer h.samples.Put(s) // want `likely: a deferred call has its arguments from when it is deferred.* ← gives it another slice`
	for i := range hs {
		s = append(s, sample{at: int64(i)})
	}
	return len(s)
}

// It may be long enough.
func (h *head) group(ctx context.Context, hs []histogram) int {
	g := h.groups.Get(len(hs))
	defer h.groups.Put(g) // want `suspected: a deferred call has its arguments from when it is deferred.* ← gives it another slice`
	g = collect(g, hs)
	return len(g)
}

func collect(into []*histogram, hs []histogram) []*histogram {
	for i := range hs {
		into = append(into, &hs[i])
	}
	return into
}

// It grows by way of its address.
func (h *head) each(fn func([]*histogram)) error {
	g := h.groups.Get(8)
	defer h.groups.Put(g) // want `suspected: a deferred call has its arguments.* ← may make it grow, by its address`
	return series(func() { h.load(&g); fn(g) })
}

func series(fn func()) error { fn(); return nil }

func (h *head) load(into *[]*histogram) { *into = append(*into, new(histogram)) }

// By a pool that works by reflection.
func (h *head) reflected(hs []histogram) int {
	g := h.some()
	defer h.buckets.Put(g) // want `likely: a deferred call has its arguments`
	g = append(g, collect(nil, hs)...)
	return len(g)
}

func (h *head) some() []*histogram { return nil }
