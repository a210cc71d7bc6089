package claims

import (
	"context"
	"math"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"
)

// losing is a queue that hands over one element twice.
type losing struct {
	queue
	n uint64
}

func (l *losing) get() uint64 {
	if l.n++; l.n == 5 {
		return 3
	}
	return l.queue.get()
}

func TestQueueArms(t *testing.T) {
	a := queueArm("losing", func() queue { return &losing{queue: make(chanQueue, room)} })
	if _, err := a.do(t.Context(), time.Millisecond); err == nil || !strings.Contains(err.Error(), "losing handed over element 3 where 4 was due") {
		t.Errorf("%v; an element came twice", err)
	}
}

// Rings hand over more than they have room for, in order.
func TestRings(t *testing.T) {
	for name, q := range map[string]queue{"mutex": newMutexRing(), "atomic": new(atomicRing)} {
		const n = 10 * room
		var all sync.WaitGroup
		all.Go(func() {
			for i := range uint64(n) {
				q.put(i)
			}
		})
		for i := range uint64(n) {
			if got := q.get(); got != i {
				t.Fatalf("%s: element %d came where %d was due", name, got, i)
			}
		}
		all.Wait()
	}
}

func TestTables(t *testing.T) {
	for name, table := range map[string]table{
		"mutex": &mutexMap{m: map[uint64]uint64{}}, "RWMutex": &rwMap{m: map[uint64]uint64{}}, "sync.Map": new(syncMap), "shards": newShards(),
	} {
		for k := range uint64(1000) {
			table.store(k, k*k)
		}
		for k := range uint64(1000) {
			if got := table.load(k); got != k*k {
				t.Fatalf("%s has %d under %d", name, got, k)
			}
		}
		if table.load(5000) != 0 {
			t.Errorf("%s has what nobody stored", name)
		}
	}
}

// All receivers get all messages.
func TestReceivers(t *testing.T) {
	for _, way := range receivers() {
		c := make(chan time.Time, 10)
		for range cap(c) {
			c <- time.Time{}
		}
		close(c)
		n := 0
		way.get(c, func(time.Time) { n++ })
		if n != cap(c) {
			t.Errorf("%s got %d of %d messages", way.name, n, cap(c))
		}
	}
}

// A load leaves nothing out, and counts from when it was due, however late it is.
func TestOpenLoop(t *testing.T) {
	l := load{beat: time.Millisecond, burst: 3}
	var dues []time.Time
	ops := l.offer(t.Context(), 10*time.Millisecond, func(due time.Time) {
		if len(dues) == 0 {
			time.Sleep(20 * time.Millisecond) // all that follows is late
		}
		dues = append(dues, due)
	})
	if ops != 30 || len(dues) != 30 {
		t.Fatalf("%d operations, want 30", ops)
	}
	for i, due := range dues[3:] {
		if gap := due.Sub(dues[i]); gap != time.Millisecond {
			t.Errorf("operation %d is due %v after the one three before it", i+3, gap)
		}
	}
	s := l.goroutines(t.Context(), 5*time.Millisecond, func() { time.Sleep(2 * time.Millisecond) })
	if s.ops != 15 || s.readings[0].value < 2e6 {
		t.Errorf("%+v", s)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if ops := l.offer(ctx, time.Hour, func(time.Time) {}); ops != 0 {
		t.Errorf("%d operations were begun after the end", ops)
	}
}

func TestDecay(t *testing.T) {
	for _, tt := range []struct {
		hit           float64
		idle, finWait time.Duration
		want          float64
	}{
		{1, 90 * time.Second, 0, 16},
		{0.5, 90 * time.Second, 0, 8},
		{0.5, 60 * time.Second, 60 * time.Second, 4},
		{0, time.Second, time.Second, 0},
	} {
		if got := decay(16, tt.hit, tt.idle, tt.finWait); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

// What a pool held is counted over time, and what it reused.
func TestPoolCounts(t *testing.T) {
	p := &poolCounts{closing: make(map[string]time.Time)}
	if _, err := p.sample(); err == nil {
		t.Error("nothing was asked, and there is a sample")
	}
	p.opened()
	p.opened()
	p.begin()
	p.got(true)
	p.got(false)
	p.closed("one")
	p.finished("one")
	p.finished("another")
	s, err := p.sample()
	if err != nil || s.ops != 2 || p.ended != 1 || len(p.closing) != 0 {
		t.Fatalf("%+v, %v; %d ended", s, err, p.ended)
	}
	for _, r := range s.readings {
		if r.unit == "hit-%" && r.value != 50 || r.unit == "counted" && (r.value < 1 || r.value > 2) {
			t.Errorf("%v %s", r.value, r.unit)
		}
	}
}

func TestPauses(t *testing.T) {
	inf := math.Inf(1)
	edges := []float64{math.Inf(-1), 0, 1e-6, 2e-6, inf}
	h := func(counts ...uint64) *metrics.Float64Histogram {
		return &metrics.Float64Histogram{Counts: counts, Buckets: edges}
	}
	g := grown(h(0, 1, 0, 0), h(0, 3, 1, 1))
	if g.Total != 4 || g.Counts[1] != 2 {
		t.Errorf("%+v", g)
	}
	if got, want := total(g), 2*0.5e-6+1.5e-6+2e-6; math.Abs(got-want) > 1e-12 {
		t.Errorf("they sum to %v, want %v", got, want)
	}
	if got := upper(g.Max()); got != 2e-6 {
		t.Errorf("the longest is %v", got)
	}
}

// What allocates is seen, and a collection.
func TestAccounts(t *testing.T) {
	before, gc := allocated(), collected()
	load := newHeapLoad()
	knob{percent: 100}.set()
	defer knob{percent: 100}.set()
	s := load.allocate(t.Context(), time.Millisecond)
	for _, r := range append(before.since(1), gc.since(1)...) {
		if (r.unit == "allocs/op" || r.unit == "B/op" || r.unit == "cycles" || r.unit == "pause-max-ns") && r.value <= 0 {
			t.Errorf("%v %s", r.value, r.unit)
		}
	}
	for _, r := range s.readings {
		if r.unit == "cycles" && r.value < 1 {
			t.Error("there was no collection in a round")
		}
	}
}

func TestCgoAnswers(t *testing.T) {
	for in, want := range map[string]string{
		`[{"name":"a","ops":[10,20],"ns":[10,5]}]`: "",
		`[{"name":"a","ops":[10],"ns":[100]}]`:     "measured 1 rounds of a, and 2 were asked for",
		`[{"name":"a","ops":[1,2],"ns":[1]}]`:      "2 were asked for",
		`garbage`:                                  "reading what the program that calls C measured",
	} {
		r := &run{size: Size{Rounds: 2}}
		err := r.takeCgo([]byte(in))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
		if err == nil && r.m.Values("a", "ns/op")[1] != 5 {
			t.Errorf("%+v", r.m)
		}
	}
}

// Without the go command, or a C compiler, calls of C are not measured, and it is said
// why.
func TestCgoWithout(t *testing.T) {
	c, _ := Named("cgo.call")
	t.Run("go", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if m, err := c.Measure(t.Context(), tiny()); err != nil || !strings.Contains(m.NotHere, "the go command is not there") {
			t.Errorf("%+v, %v", m, err)
		}
	})
	t.Run("compiler", func(t *testing.T) {
		t.Setenv("CC", "no-such-compiler -O2")
		if m, err := c.Measure(t.Context(), tiny()); err != nil || m.NotHere != "there is no C compiler (no-such-compiler)" {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

func TestPeriods(t *testing.T) {
	tick := tickArm("all", func(_ context.Context, n int, tick func()) {
		for range n {
			tick()
		}
	})
	s, err := tick.do(t.Context(), 5*period)
	if err != nil || s.ops != 5 || s.readings[0].value > 10e6 || s.readings[2].value > 0 {
		t.Errorf("%+v, %v; each tick came at once", s, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tickArm("none", byTicker).do(ctx, time.Hour); err == nil {
		t.Error("no tick came, and there is no error")
	}
}

// A step is what a clock moves on by, also if it stands still between.
func TestStep(t *testing.T) {
	reads := int64(0)
	fine := func() int64 { reads++; return reads * 30 }
	coarse := func() int64 { reads++; return reads / 10 * 4_000_000 }
	if got := step(fine); got != 30 {
		t.Errorf("the step is %d, want 30", got)
	}
	if got := step(coarse); got != 4_000_000 {
		t.Errorf("the step is %d, want 4 ms", got)
	}
	if got := step(func() int64 { return 1 }); got != 0 {
		t.Errorf("a clock that stands still has a step of %d", got)
	}
}
