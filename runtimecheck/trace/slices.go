package trace

import "math"

// A percentile is a slice of a group: the spans whose rank is from one percentile to
// another, in whole buckets.
type percentile struct {
	name     string
	of       float64 // the latency
	from, to float64 // the spans, of 100
	least    int64   // of as many spans, for its name to mean anything
}

// percentiles are the slices of a group but for the slowest span.
func percentiles() []percentile {
	return []percentile{
		{"P50", 50, 40, 60, 1},
		{"P99", 99, 99, 100, 100},
		{"P99.9", 99.9, 99.9, 100, 1000},
	}
}

// rank is which of count spans, in order of latency and from 1, a percentile is.
func rank(count int64, percent float64) int64 {
	// The product of a count and a percentage in tenths is exact.
	tenths := int64(math.Round(percent * 10))
	return max(1, (count*tenths+999)/1000)
}

// latency is that at a percentile: the mean of the bucket that it falls into.
func (g *group) latency(percent float64) int64 {
	r := rank(g.count, percent)
	for b := range g.buckets.all() {
		if r -= b.count; r <= 0 {
			return b.time / b.count
		}
	}
	return 0
}

// slices reports the slices of a group, of which each span is in a bucket.
func (g *group) slices(t *tables) []Slice {
	if g.count == 0 {
		return nil
	}
	var list []Slice
	for _, p := range percentiles() {
		if g.count >= p.least {
			list = append(list, g.slice(t, p))
		}
	}
	k := g.slow[0]
	return append(list, Slice{
		Name: "max", Percentile: 100, Latency: ns(k.duration()), Count: 1, Time: ns(k.duration()),
		Parts: k.parts.report(), Kernel: k.kernel.report(), Causes: k.causes.report(t),
	})
}

func (g *group) slice(t *tables, p percentile) Slice {
	var sum bucket
	first, last := rank(g.count, p.from), rank(g.count, p.to)
	seen := int64(0)
	for b := range g.buckets.all() {
		if seen < last && seen+b.count >= first {
			sum.add(b)
		}
		seen += b.count
	}
	return Slice{
		Name: p.name, Percentile: p.of, Latency: ns(g.latency(p.of)), Count: sum.count, Time: ns(sum.time),
		Parts: sum.parts.report(), Kernel: sum.kernel.report(), Causes: sum.causes.report(t),
	}
}

func (b *bucket) add(o *bucket) {
	b.count += o.count
	b.time += o.time
	b.parts.add(&o.parts)
	b.kernel.add(&o.kernel)
	b.causes.merge(&o.causes)
}
