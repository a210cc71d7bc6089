package trace

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestSlices plants latencies of 1 to 2000 ms, of which the slow ones wait.
func TestSlices(t *testing.T) {
	s := newScript(t, Options{Slowest: 3})
	const n = 2000
	order := rand.New(rand.NewPCG(1, 2)).Perm(n)
	s.running(0, 1, 2)
	at := int64(0)
	for _, i := range order {
		ms := int64(i + 1)
		s.begin(at, 1, "r")
		if ms > n*99/100 {
			s.block(at+1000, 1, "sync", "sync.(*Mutex).Lock", "main.f")
			s.unblock(at+1000*ms, 2, 1)
		}
		at += 1000 * ms
		s.end(at, 1, "r")
	}
	g := groupOf(t, s.report(), Region, "r")
	want := []struct {
		name     string
		latency  time.Duration // ms
		from, to int64         // spans, at least and at most
		most     Component
	}{
		{"P50", 1000, 400, 440, Running}, {"P99", 1980, 21, 52, Lock}, {"P99.9", 1998, 3, 34, Lock}, {"max", 2000, 1, 1, Lock},
	}
	if len(g.Slices) != len(want) {
		t.Fatalf("%d slices", len(g.Slices))
	}
	for i, w := range want {
		got := g.Slices[i]
		off := got.Latency.Seconds()*1000/float64(w.latency) - 1
		if got.Name != w.name || off > 1./subBuckets || off < -1./subBuckets {
			t.Errorf("%s is %v, not %d ms", got.Name, got.Latency, w.latency)
		}
		if got.Count < w.from || got.Count > w.to || got.Parts[0].Component != w.most && w.name != "P99" {
			t.Errorf("%s: %d spans, mostly %v", got.Name, got.Count, got.Parts)
		}
	}
	if got := g.Slices[3].Latency; got != n*time.Millisecond {
		t.Errorf("max is %v", got)
	}
	if len(g.Slowest) != 3 || g.Slowest[2].End-g.Slowest[2].Start != (n-2)*time.Millisecond {
		t.Errorf("the slowest are %d", len(g.Slowest))
	}
}

// TestFewSpans has no slice for which there are too few.
func TestFewSpans(t *testing.T) {
	for n, want := range map[int]int{1: 2, 99: 2, 100: 3, 999: 3, 1000: 4} {
		s := newScript(t, Options{Slowest: -1})
		s.running(0, 1)
		for i := range int64(n) {
			s.begin(10*i, 1, "r")
			s.end(10*i+5, 1, "r")
		}
		g := groupOf(t, s.report(), Region, "r")
		if len(g.Slices) != want || len(g.Slowest) != 0 {
			t.Errorf("%d spans: %d slices, %d of the slowest", n, len(g.Slices), len(g.Slowest))
		}
	}
}

// TestBuckets holds the width of buckets against what is claimed.
func TestBuckets(t *testing.T) {
	last := -1
	for _, d := range []int64{-1, 0, 1, 63, 64, 127, 128, 129, 130, 255, 256, 1e6, 1e9, 1e12, 1 << 62} {
		n := bucketOf(d)
		if n < last {
			t.Errorf("%d is in %d, below that of less", d, n)
		}
		last = n
		if up := d + d/subBuckets + 1; d >= 0 && bucketOf(up) == n {
			t.Errorf("%d and %d are in one bucket", d, up)
		}
	}
	for d := range int64(100_000) {
		if n := bucketOf(d + 1); n != bucketOf(d) && n != bucketOf(d)+1 {
			t.Fatalf("between %d and the next lies a bucket", d)
		}
	}
}

// TestBucketsInOrder goes through buckets that were made in another order.
func TestBucketsInOrder(t *testing.T) {
	var bs buckets
	times := []int64{math.MaxInt64, 0, 127, 1e9, 128, 1e6, -5}
	for _, d := range times {
		b := bs.of(d)
		b.count++
		b.time += max(d, 0)
	}
	var got []int64
	count := int64(0)
	for b := range bs.all() {
		got = append(got, b.time)
		count += b.count
	}
	if want := []int64{0, 127, 128, 1e6, 1e9, math.MaxInt64}; !slices.Equal(got, want) || count != int64(len(times)) {
		t.Errorf("%d of %v", count, got)
	}
	for range bs.all() {
		break // before the last
	}
}

// TestOrder puts the group first that loses the most beyond its median.
func TestOrder(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1)
	at := int64(0)
	span := func(name string, d int64) {
		s.begin(at, 1, name)
		at += d
		s.end(at, 1, name)
	}
	for range 10 {
		span("long", 1000)
		span("steady", 10)
		span("uneven", 10)
	}
	span("uneven", 500)
	r := s.report()
	for i, want := range []string{"uneven", "long", "steady"} {
		if r.Groups[i].Name != want {
			t.Errorf("%d is %s, not %s", i, r.Groups[i].Name, want)
		}
	}
}

// TestManyNames has a number in each name.
func TestManyNames(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1)
	const n = maxGroups + 50
	for i := range int64(n) {
		s.begin(10*i, 1, fmt.Sprint("r", i))
		s.end(10*i+5, 1, fmt.Sprint("r", i))
	}
	r := s.report()
	if len(r.Groups) != maxGroups+1 || groupOf(t, r, Region, otherNames).Count != 50 {
		t.Errorf("%d groups", len(r.Groups))
	}
	if p := problem(r, "names"); p == nil || p.N != 50 {
		t.Errorf("problems: %v", r.Problems)
	}
}

// TestManyCauses has a span wait at more places than are told apart.
func TestManyCauses(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2)
	s.begin(0, 1, "r")
	for i := range int64(3 * maxSiblings) {
		s.block(10*i+1, 1, "sync", "sync.(*Mutex).Lock", fmt.Sprint("main.f", i))
		s.unblock(10*i+9, 2, 1, fmt.Sprint("main.g", i))
	}
	s.end(5000, 1, "r")
	causes := slowest(t, s.report(), "r").Causes // which verify adds up
	if len(causes) < maxCauses || len(causes) > maxCauses+comps {
		t.Errorf("%d causes", len(causes))
	}
}

// TestFullGroups has no room left for causes: the sums must hold all the same.
func TestFullGroups(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2)
	for i := range int64(20) {
		s.begin(100*i, 1, "r")
		s.block(100*i+10, 1, "sync", "sync.(*Mutex).Lock", fmt.Sprint("main.f", i))
		s.unblock(100*i+60, 2, 1, "main.g")
		s.end(100*i+90, 1, "r")
	}
	e := newEngine(s.options, s.tables)
	e.groups.nodes = maxCauseNodes
	if err := e.run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	r := e.report()
	verify(t, r)
	if p := problem(r, "causes"); p == nil || p.N != 20 {
		t.Errorf("problems: %v", r.Problems)
	}
}
