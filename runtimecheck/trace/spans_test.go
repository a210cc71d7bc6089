package trace

import (
	"maps"
	"testing"
	"time"
)

func TestNested(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2)
	s.begin(10, 1, "outer")
	s.begin(20, 1, "inner")
	s.block(30, 1, "sleep", "time.Sleep", "main.f")
	s.unblock(60, none, 1)
	s.end(70, 1, "inner")
	s.begin(70, 1, "inner")
	s.end(75, 1, "inner")
	s.syscall(80, 90, 1)
	s.end(100, 1, "outer")
	r := s.report()
	if got, want := micros(slowest(t, r, "outer").Parts), (map[Component]int64{Running: 50, Sleep: 30, Syscall: 10}); !maps.Equal(got, want) {
		t.Errorf("outer: %v, not %v", got, want)
	}
	inner := groupOf(t, r, Region, "inner")
	if inner.Count != 2 || inner.Total != 55*time.Microsecond || inner.Slowest[0].Goroutine != 1 {
		t.Errorf("inner: %d of %v", inner.Count, inner.Total)
	}
	if got, want := micros(inner.Slowest[0].Parts), (map[Component]int64{Running: 20, Sleep: 30}); !maps.Equal(got, want) {
		t.Errorf("inner: %v, not %v", got, want)
	}
}

// TestOpen counts spans of which an end is missing, and measures none of them.
func TestOpen(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2)
	s.end(10, 1, "before")
	s.begin(20, 1, "outer")
	s.begin(30, 1, "inner")
	s.end(40, 1, "outer") // within which one does not end
	s.begin(50, 1, "after")
	s.begin(50, 2, "ends")
	s.exit(60, 2)
	s.add(70, 1, event{kind: taskEnd, id: 7, name: s.tables.name("old")})
	s.add(80, 1, event{kind: taskBegin, id: 8, name: s.tables.name("new")})
	r := s.report()
	tests := []struct {
		kind                  Kind
		name                  string
		count, atStart, atEnd int64
	}{
		{Region, "before", 0, 1, 0}, {Region, "outer", 1, 0, 0}, {Region, "inner", 0, 0, 1}, {Region, "after", 0, 0, 1},
		{Region, "ends", 0, 0, 1}, {Task, "old", 0, 1, 0}, {Task, "new", 0, 0, 1},
	}
	for _, test := range tests {
		g := groupOf(t, r, test.kind, test.name)
		if g.Count != test.count || g.OpenStart != test.atStart || g.OpenEnd != test.atEnd {
			t.Errorf("%s: %d, open %d and %d", test.name, g.Count, g.OpenStart, g.OpenEnd)
		}
	}
	for code, n := range map[string]int64{"open-at-start": 2, "open-at-end": 4} {
		if p := problem(r, code); p == nil || p.N != n {
			t.Errorf("%s: %v, not %d", code, p, n)
		}
	}
}

// TestTimeline joins what is too much to tell, and loses no time.
func TestTimeline(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1)
	s.begin(0, 1, "r")
	for i := range int64(3 * maxTimeline) {
		s.syscall(10*i+1, 10*i+9, 1)
	}
	s.end(5000, 1, "r")
	span := slowest(t, s.report(), "r")
	if n := len(span.Timeline); n > maxTimeline {
		t.Errorf("%d intervals", n)
	}
	if got := span.Timeline[0].Component; got != Syscall {
		t.Errorf("most of the first is %v", got)
	}
}

// TestProfile has the profiler's samples tell where it ran.
func TestProfile(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1)
	s.begin(10, 1, "r")
	for _, f := range []string{"main.hot", "main.hot", "main.warm"} {
		s.add(20, 1, event{kind: sampleEvent, stack: s.stack(f)})
	}
	s.syscall(70, 80, 1)
	s.end(100, 1, "r")
	want := []link{{Running, 40, "main.hot", "", ""}, {Running, 20, "", "", ""}, {Running, 20, "main.warm", "", ""}, {Syscall, 10, "syscall.read", "", "kernel"}}
	for i, c := range slowest(t, s.report(), "r").Causes {
		if got := linkOf(c); got != want[i] {
			t.Errorf("%v, not %v", got, want[i])
		}
	}
}

func (s *script) task(at, g, id int64, begins bool) {
	kind := taskEnd
	if begins {
		kind = taskBegin
	}
	s.add(at, g, event{kind: kind, id: id, name: s.tables.name("task")})
}

func (s *script) work(at, g, task int64, begins bool) {
	kind := regionEnd
	if begins {
		kind = regionBegin
	}
	s.add(at, g, event{kind: kind, id: task, name: s.tables.name("work")})
}

// TestTask has a task go from the goroutine that created it to those that work on it.
func TestTask(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2, 3)
	s.task(10, 1, 7, true)
	s.block(20, 1, "sync", "sync.(*WaitGroup).Wait", "main.f") // 10 running
	s.work(25, 2, 7, true)                                     // 5 sync: for 2, that takes over
	s.work(30, 3, 7, true)                                     // the second to enter
	s.syscall(40, 70, 2)                                       // 15 running, 30 syscall
	s.syscall(75, 95, 3)
	s.work(80, 2, 7, false)  // 10 running
	s.work(100, 3, 7, false) // 15 syscall, 5 running
	s.unblock(120, 3, 1)     // 20 sync
	s.task(150, 1, 7, false) // 30 running
	r := s.report()
	g := groupOf(t, r, Task, "task")
	want := map[Component]int64{Running: 10 + 15 + 10 + 5 + 30, Sync: 25, Syscall: 45}
	if got := micros(g.Slowest[0].Parts); g.Count != 1 || !maps.Equal(got, want) {
		t.Errorf("%d: %v, not %v", g.Count, got, want)
	}
	for _, c := range g.Slowest[0].Causes {
		if c.Component == Sync && len(c.Behind) == 0 {
			t.Errorf("nothing is behind %v", c)
		}
	}
}

// TestOrphan has a task outlive who created it: while nobody works on it nothing is
// known.
func TestOrphan(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2, 3)
	s.task(10, 1, 7, true)
	s.exit(20, 1)
	s.work(50, 2, 7, true)
	s.exit(70, 2) // within its region
	s.stop(72, 75, 3)
	s.task(80, 3, 7, false)
	r := s.report()
	want := map[Component]int64{Running: 30, Undetermined: 37, StopTheWorld: 3}
	if got := micros(groupOf(t, r, Task, "task").Slowest[0].Parts); !maps.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}
