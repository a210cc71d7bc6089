package trace

import (
	"cmp"
	"iter"
	"math/bits"
	"slices"
)

const (
	// subBuckets is how many buckets lie between a latency and its double: a bucket is
	// at most 1/64 of it wide.
	subBuckets = 1 << subBits
	subBits    = 6
	// maxGroups bounds the groups of a kind: whoever puts numbers into the names of
	// regions makes one for each.
	maxGroups = 512
	// maxCauseNodes bounds the causes of all groups together.
	maxCauseNodes = 1 << 19
)

// otherNames is the group of all spans whose names are beyond maxGroups.
const otherNames = "(other names)"

// groups are the spans of each kind and name, as sums by latency.
type groups struct {
	by      map[Kind]map[name]*group
	slowest int    // that each keeps whole
	last    *group // that was looked up
	nodes   int    // of causes, in all buckets
	others  int64  // spans in groups of otherNames
	folded  int64  // spans whose causes were added without what tells them apart
}

type group struct {
	kind               Kind
	name               name
	count              int64
	total              int64 // ns
	openStart, openEnd int64
	slack              int64
	buckets            buckets
	slow               []*kept // slowest first
}

// A bucket is the spans of about the same latency.
type bucket struct {
	count, time int64
	parts       parts
	kernel      kernelParts
	causes      causeTree
}

// A kept span is one by itself.
type kept struct {
	start, end int64
	g          int64
	parts      parts
	kernel     kernelParts
	causes     causeTree
	timeline   timeline
	stops      []stop
}

func newGroups(slowest int) groups {
	return groups{by: make(map[Kind]map[name]*group), slowest: slowest}
}

// of returns the group of a kind and name.
func (gs *groups) of(k Kind, n name, t *tables) *group {
	if g := gs.last; g != nil && g.kind == k && g.name == n {
		return g
	}
	by := gs.by[k]
	if by == nil {
		by = make(map[name]*group)
		gs.by[k] = by
	}
	g := by[n]
	if g == nil && len(by) >= maxGroups {
		gs.others++
		n = t.name(otherNames)
		g = by[n]
	}
	if g == nil {
		g = &group{kind: k, name: n}
		by[n] = g
	}
	gs.last = g
	return g
}

// add adds a span that ends now.
func (gs *groups) add(s *span, e *engine) {
	g := gs.of(s.kind, s.name, e.tables)
	d := e.now.t - s.start.t
	g.count++
	g.total += d
	g.slack += s.slack
	b := g.buckets.of(d)
	b.count++
	b.time += d
	b.parts.add(&s.parts)
	b.kernel.add(&s.kernel.sums)
	gs.merge(&b.causes, &s.causes)
	g.keep(s, e, max(1, gs.slowest))
}

// merge adds the causes of a span to those of a bucket, as long as there is room.
func (gs *groups) merge(to, from *causeTree) {
	if to.full = gs.nodes >= maxCauseNodes; to.full {
		gs.folded++
	}
	before := len(to.nodes)
	to.merge(from)
	gs.nodes += len(to.nodes) - before
}

// keep keeps a span that is among the slowest.
func (g *group) keep(s *span, e *engine, most int) {
	d := e.now.t - s.start.t
	if len(g.slow) == most && d <= g.slow[most-1].duration() {
		return
	}
	at, _ := slices.BinarySearchFunc(g.slow, d, func(k *kept, d int64) int {
		if k.duration() >= d {
			return -1 // the first of two that are alike stays first
		}
		return 1
	})
	k := new(kept)
	if len(g.slow) == most {
		k = g.slow[most-1]
		g.slow = g.slow[:most-1]
	}
	k.start, k.end, k.g, k.parts, k.kernel = s.start.t, e.now.t, s.g, s.parts, s.kernel.sums
	k.causes, s.causes = s.causes, k.causes
	k.timeline, s.timeline = s.timeline, k.timeline
	k.stops = e.clock.between(k.start, k.end)
	g.slow = slices.Insert(g.slow, at, k)
}

func (k *kept) duration() int64 { return k.end - k.start }

// bucketOf numbers the bucket of a latency: exact below subBuckets ns, within 1/64
// above.
func bucketOf(d int64) int {
	d = max(d, 0)
	shift := max(0, bits.Len64(uint64(d))-(subBits+1))
	return shift*subBuckets + int(d>>shift)
}

// buckets are those of a group, by number: a page holds those from one latency to its
// double, or is nil.
type buckets [64 - subBits]*[subBuckets]*bucket

// of returns the bucket of a latency, or makes it.
func (bs *buckets) of(d int64) *bucket {
	n := bucketOf(d)
	page := &bs[n/subBuckets]
	if *page == nil {
		*page = new([subBuckets]*bucket)
	}
	b := &(*page)[n%subBuckets]
	if *b == nil {
		*b = new(bucket)
	}
	return *b
}

// all goes through them, fastest first.
func (bs *buckets) all() iter.Seq[*bucket] {
	return func(yield func(*bucket) bool) {
		for _, page := range bs {
			if page == nil {
				continue
			}
			for _, b := range page {
				if b != nil && !yield(b) {
					return
				}
			}
		}
	}
}

// beyond is the time that spans took more than the median.
func (g *group) beyond() int64 {
	var sum int64
	median := g.latency(50)
	for b := range g.buckets.all() {
		sum += max(0, b.time-b.count*median)
	}
	return sum
}

// list lists the groups: those first that lose the most time beyond their median.
func (gs *groups) list(t *tables) []*group {
	var list []*group
	lost := make(map[*group]int64)
	for _, by := range gs.by {
		for _, g := range by {
			list = append(list, g)
			lost[g] = g.beyond()
		}
	}
	slices.SortFunc(list, func(a, b *group) int {
		return cmp.Or(cmp.Compare(lost[b], lost[a]), cmp.Compare(a.kind, b.kind), cmp.Compare(t.names[a.name], t.names[b.name]))
	})
	return list
}
