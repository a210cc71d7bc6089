package load

import (
	"math"
	"runtime/metrics"
	"time"
)

// pauses is how often this process stood still for its garbage collector, by how long.
type pauses struct {
	counts []uint64
	edges  []float64 // seconds
}

func readPauses() pauses {
	s := []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindFloat64Histogram {
		return pauses{} // a runtime without the metric
	}
	h := s[0].Value.Float64Histogram()
	return pauses{h.Counts, h.Buckets}
}

// since returns how many pauses there were since before, and how long the longest was at
// most: the upper edge of its bucket, or the lower one if it has none.
func (p pauses) since(before pauses) (n uint64, longest time.Duration) {
	for i, count := range p.counts {
		if i < len(before.counts) {
			count -= before.counts[i]
		}
		if count == 0 {
			continue
		}
		n += count
		edge := p.edges[i+1]
		if math.IsInf(edge, 0) {
			edge = p.edges[i]
		}
		longest = time.Duration(edge * 1e9)
	}
	return n, longest
}
