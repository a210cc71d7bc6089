package claims

import (
	"math"
	"runtime/metrics"
	"slices"

	"github.com/lagvet/lagvet/runtimecheck/internal/delta"
)

// allocations is what the program has allocated since it began.
type allocations struct{ objects, bytes uint64 }

// allocated reads what has been allocated. It does not stop the world.
func allocated() allocations {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return allocations{s[0].Value.Uint64(), s[1].Value.Uint64()}
}

// since returns what was allocated since a, an operation.
func (a allocations) since(ops int64) []reading {
	now := allocated()
	return []reading{
		{"allocs/op", float64(now.objects-a.objects) / float64(ops)},
		{"B/op", float64(now.bytes-a.bytes) / float64(ops)},
	}
}

// gcState is what the collector has cost since the program began.
type gcState struct {
	pauses []*metrics.Float64Histogram // in seconds: for collections, and for anything else
	assist float64                     // CPU seconds in which goroutines had to help
	total  float64                     // CPU seconds that there were
	cycles uint64
}

// collected reads what the collector has cost. It does not stop the world.
func collected() gcState {
	s := []metrics.Sample{
		{Name: "/sched/pauses/total/gc:seconds"}, {Name: "/sched/pauses/total/other:seconds"},
		{Name: "/cpu/classes/gc/mark/assist:cpu-seconds"}, {Name: "/cpu/classes/total:cpu-seconds"},
		{Name: "/gc/cycles/total:gc-cycles"},
	}
	metrics.Read(s)
	g := gcState{assist: s[2].Value.Float64(), total: s[3].Value.Float64(), cycles: s[4].Value.Uint64()}
	for _, h := range s[:2] {
		g.pauses = append(g.pauses, clone(h.Value.Float64Histogram()))
	}
	return g
}

// clone copies a histogram: the runtime may write to the old one again.
func clone(h *metrics.Float64Histogram) *metrics.Float64Histogram {
	return &metrics.Float64Histogram{Counts: slices.Clone(h.Counts), Buckets: h.Buckets}
}

// since returns what the collector has cost since g. Pauses are known to a bucket of the
// runtime's histogram: what is told is the upper end, and of their sum the middle.
func (g gcState) since(ops int64) []reading {
	now := collected()
	pauses := grown(g.pauses[0], now.pauses[0])
	p99, longest := upper(pauses.Quantile(0.99)), upper(pauses.Max())
	r := []reading{
		{"pause-p99-ns", p99 * 1e9}, {"pause-max-ns", longest * 1e9},
		{"stopped-ns/op", 1e9 * (total(pauses) + total(grown(g.pauses[1], now.pauses[1]))) / float64(ops)},
		{"cycles", float64(now.cycles - g.cycles)},
	}
	if all := now.total - g.total; all > 0 { // booked at the end of collections
		r = append(r, reading{"assist-%", 100 * (now.assist - g.assist) / all})
	} else {
		r = append(r, reading{"assist-%", 0})
	}
	return r
}

// grown returns by how much a histogram has grown.
func grown(before, after *metrics.Float64Histogram) delta.Histogram {
	h := delta.Histogram{Edges: after.Buckets}
	for i, n := range after.Counts {
		d := float64(n - before.Counts[i])
		h.Counts = append(h.Counts, d)
		h.Total += d
	}
	return h
}

// upper returns the upper end of an interval, and the lower one if it has no end.
func upper(low, high float64) float64 {
	if math.IsInf(high, 1) {
		return low
	}
	return high
}

// total returns the sum of what is in a histogram, each taken for the middle of its
// bucket.
func total(h delta.Histogram) (sum float64) {
	for i, n := range h.Counts {
		low := max(h.Edges[i], 0)
		sum += n * (low + upper(low, h.Edges[i+1])) / 2
	}
	return sum
}
