// Package querier groups references with slices that come from the pools of a library.
package querier

import (
	"context"

	"example.com/pools/refpool"
	"example.org/sized"
)

type ref struct {
	series uint64
	chunks []uint32
}

var (
	groups = refpool.New[*ref](64, 128, 256)
	blocks = sized.New([]int{64, 128}, func(n int) any { return make([]uint32, 0, n) })
)

type client interface {
	filter(ctx context.Context, refs []*ref) ([]*ref, error)
}

type querier struct{ client client }

// It is given back as it was when it was empty.
func (q *querier) filter(ctx context.Context, series []uint64) ([]*ref, error) {
	grouped := groups.Get(len(series))
	defer groups.Put(grouped) // want `suspected: a deferred call has its arguments from when it is deferred.* ← gives it another slice`
	grouped = group(series, grouped)
	return q.client.filter(ctx, grouped)
}

// Straight from the library.
func (q *querier) chunks(refs []*ref) (n int) {
	all := q.taken()
	defer blocks.Put(all) // want `likely: a deferred call has its arguments`
	for _, r := range refs {
		all = append(all, r.chunks...)
	}
	return len(all)
}

func (q *querier) taken() []uint32 { return blocks.Get(64).([]uint32) }

// The closure has what it has become.
func (q *querier) trapClosure(ctx context.Context, series []uint64) ([]*ref, error) {
	grouped := groups.Get(len(series))
	defer func() { groups.Put(grouped) }()
	grouped = group(series, grouped)
	return q.client.filter(ctx, grouped)
}

// It is not changed.
func (q *querier) trapFilled(refs []*ref) uint32 {
	all := q.taken()
	defer blocks.Put(all)
	for i, r := range refs {
		all[i] = r.chunks[0]
	}
	return all[0]
}

func group(series []uint64, into []*ref) []*ref {
	for _, s := range series {
		into = append(into, &ref{series: s})
	}
	return into
}
