package trace

import (
	"maps"
	"testing"
)

// TestWaits has a goroutine wait in a region for each reason that the runtime gives.
func TestWaits(t *testing.T) {
	tests := []struct {
		reason   string
		stack    []string
		by       int64
		waker    []string
		want     Component
		external string
	}{
		{"chan receive", []string{"runtime.chanrecv1", "main.f"}, 2, nil, Channel, ""},
		{"chan send", []string{"runtime.chansend1", "main.f"}, 2, nil, Channel, ""},
		{"chan receive", []string{"runtime.chanrecv1", "main.f"}, none, nil, Channel, "timer"},
		{"select", []string{"runtime.selectgo", "main.f"}, 2, nil, Select, ""},
		{"select", []string{"runtime.selectgo", "main.f"}, none, nil, Select, "timer"},
		{"sync", []string{"sync.(*Mutex).Lock", "main.f"}, 2, nil, Lock, ""},
		{"sync", []string{"internal/sync.(*Mutex).lockSlow", "sync.(*Mutex).Lock", "main.f"}, 2, nil, Lock, ""},
		{"sync", []string{"sync.(*RWMutex).RLock", "main.f"}, 2, nil, Lock, ""},
		{"sync", []string{"sync.(*WaitGroup).Wait", "main.f"}, 2, nil, Sync, ""},
		{"sync", []string{"sync.(*WaitGroup).Wait", "main.f"}, none, nil, Sync, "unknown"},
		{"sync", []string{"runtime.gcStart", "runtime.mallocgc", "main.f"}, 2, nil, GCWait, ""},
		{"sync.(*Cond).Wait", []string{"sync.(*Cond).Wait", "main.f"}, 2, nil, Sync, ""},
		{"synctest", []string{"testing/synctest.Wait", "main.f"}, 2, nil, Sync, ""},
		{"network", []string{"internal/poll.(*FD).Read", "main.f"}, none, nil, Network, "network"},
		{"network", []string{"internal/poll.(*FD).Read", "main.f"}, 2, []string{"runtime.gcStart"}, Network, "network"},
		{"network", []string{"internal/poll.(*FD).Read", "main.f"}, 2, []string{"internal/poll.(*FD).Close"}, Network, ""},
		{"sleep", []string{"time.Sleep", "main.f"}, none, nil, Sleep, "timer"},
		{"sleep", []string{"time.Sleep", "main.f"}, 2, nil, Sleep, "timer"},
		{"GC mark assist wait for work", []string{"runtime.gcParkAssist", "main.f"}, 2, nil, GCWait, ""},
		{"GC mark assist wait for work", []string{"runtime.gcParkAssist", "main.f"}, none, nil, GCWait, "runtime"},
		{"GC background sweeper wait", nil, 2, nil, GCWait, ""},
		{"GC weak to strong wait", nil, 2, nil, GCWait, ""},
		{"wait until GC ends", nil, 2, nil, GCWait, ""},
		{"preempted", nil, 2, nil, GCWait, ""},
		{"forever", nil, 2, nil, Blocked, ""},
		{"unspecified", nil, 2, nil, Blocked, ""},
		{"system goroutine wait", nil, 2, nil, Blocked, ""},
		{"wait for debug call", nil, 2, nil, Blocked, ""},
		{"", nil, 2, nil, Blocked, ""},
	}
	for _, test := range tests {
		t.Run(test.reason+" "+string(test.want), func(t *testing.T) {
			s := newScript(t, Options{})
			s.running(0, 1, 2)
			s.begin(10, 1, "r")
			s.block(20, 1, test.reason, test.stack...)
			s.unblock(50, test.by, 1, test.waker...)
			s.end(60, 1, "r")
			r := s.report()
			span := slowest(t, r, "r")
			if got, want := micros(span.Parts), map[Component]int64{Running: 20, test.want: 30}; !maps.Equal(got, want) {
				t.Errorf("parts are %v, not %v", got, want)
			}
			if got := span.Causes[0]; got.External != test.external || len(got.Behind) > 0 != (test.external == "") {
				t.Errorf("%q is behind it, and %v", got.External, got.Behind)
			}
			if r.Problems != nil {
				t.Errorf("problems: %v", r.Problems)
			}
		})
	}
}

func TestUnknownReason(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2)
	s.begin(10, 1, "r")
	s.block(20, 1, "waiting for Go 1.42")
	s.unblock(50, 2, 1)
	s.end(60, 1, "r")
	r := s.report()
	if got := micros(slowest(t, r, "r").Parts)[Blocked]; got != 30 {
		t.Errorf("blocked for %d", got)
	}
	if p := problem(r, "unknown-reason"); p == nil || p.N != 1 {
		t.Errorf("problems: %v", r.Problems)
	}
}

// TestFound has what goroutines wait for that waited before the trace told from their
// stacks.
func TestFound(t *testing.T) {
	tests := []struct {
		stack []string
		want  Component
	}{
		{[]string{"runtime.chanrecv1", "main.f"}, Channel},
		{[]string{"runtime.chansend1", "main.f"}, Channel},
		{[]string{"runtime.selectgo", "main.f"}, Select},
		{[]string{"internal/poll.runtime_pollWait", "main.f"}, Network},
		{[]string{"time.Sleep", "main.f"}, Sleep},
		{[]string{"sync.(*WaitGroup).Wait", "main.f"}, Sync},
		{[]string{"sync.(*Cond).Wait", "main.f"}, Sync},
		{[]string{"sync.(*Mutex).Lock", "main.f"}, Lock},
		{[]string{"main.f"}, Undetermined},
	}
	for _, test := range tests {
		s := newScript(t, Options{})
		// 2 waits for 1, which is found to wait by another goroutine.
		s.running(0, 2, 3)
		s.add(0, 3, event{kind: stateEvent, id: 1, from: undeterminedState, to: waiting, own: s.stack(test.stack...)})
		s.begin(10, 2, "r")
		s.block(20, 2, "chan receive", "runtime.chanrecv1", "main.g")
		s.unblock(40, none, 1)
		s.unblock(50, 1, 2)
		s.end(60, 2, "r")
		behind := slowest(t, s.report(), "r").Causes[0].Behind
		if got := behind[0]; got.Component != test.want || got.Time.Microseconds() != 20 || got.Role != "main.f" {
			t.Errorf("%v: behind is %v", test.stack, behind)
		}
	}
}

// TestParts has a goroutine be in whatever is no wait.
func TestParts(t *testing.T) {
	s := newScript(t, Options{})
	assist, sweep := s.tables.name("GC mark assist"), s.tables.name("GC incremental sweep")
	s.running(0, 1, 2)
	s.begin(10, 1, "r")
	s.preempt(20, 1) // 10 running
	s.start(50, 1)   // 30 scheduler
	s.syscall(50, 90, 1)
	s.add(100, 1, event{kind: rangeBegin, name: assist, scope: goroutineScope, id: 1, stack: s.stack("main.alloc")})
	s.preempt(150, 1) // 50 assist
	s.start(152, 1)   // 2 scheduler
	s.add(155, 1, event{kind: rangeEnd, name: assist, scope: goroutineScope, id: 1})
	s.add(200, 1, event{kind: rangeBegin, name: sweep, scope: procScope, id: 1, stack: s.stack("main.alloc")})
	s.add(202, 2, event{kind: rangeBegin, name: sweep, scope: procScope, id: 2}) // somebody else's
	s.add(260, 1, event{kind: rangeEnd, name: sweep, scope: procScope, id: 1})
	s.end(270, 1, "r")
	span := slowest(t, s.report(), "r")
	want := map[Component]int64{Running: 10 + 10 + 45 + 10, Scheduler: 32, Syscall: 40, Assist: 53, Sweep: 60}
	if got := micros(span.Parts); !maps.Equal(got, want) {
		t.Errorf("parts are %v, not %v", got, want)
	}
	for _, c := range span.Causes {
		if (c.Component == Assist || c.Component == Sweep) && (len(c.Stack) == 0 || c.Stack[0].Function != "main.alloc") {
			t.Errorf("it does not say where: %v", c)
		}
	}
}

// TestSweepBetweenGenerations has a sweep that goes on be told by another goroutine.
func TestSweepBetweenGenerations(t *testing.T) {
	s := newScript(t, Options{})
	sweep := s.tables.name("GC incremental sweep")
	s.running(0, 1, 2)
	s.begin(10, 1, "r")
	s.add(20, none, event{kind: rangeBegin, name: sweep, scope: procScope, id: 1})
	s.add(50, none, event{kind: rangeEnd, name: sweep, scope: procScope, id: 1})
	s.end(60, 1, "r")
	if got := micros(slowest(t, s.report(), "r").Parts)[Sweep]; got != 30 {
		t.Errorf("%d of sweep", got)
	}
}

// TestStops cuts stops of the world out of whatever they fall into, and once.
func TestStops(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2, 3)
	s.stop(1, 5, 2) // before
	s.begin(10, 1, "outer")
	s.stop(20, 30, 2)
	s.begin(40, 1, "inner")
	s.block(50, 1, "sync", "sync.(*Mutex).Lock", "main.f")
	n := s.tables.name("stop-the-world (read mem stats)")
	s.add(60, 2, event{kind: rangeBegin, name: n, scope: goroutineScope, id: 2})
	s.stop(65, 75, 3) // within
	s.add(80, 2, event{kind: rangeEnd, name: n, scope: goroutineScope, id: 2})
	s.unblock(100, 2, 1)
	s.end(110, 1, "inner")
	s.end(120, 1, "outer")
	r := s.report()
	if got, want := micros(slowest(t, r, "inner").Parts), (map[Component]int64{Running: 20, Lock: 30, StopTheWorld: 20}); !maps.Equal(got, want) {
		t.Errorf("inner: %v, not %v", got, want)
	}
	outer := slowest(t, r, "outer")
	if got, want := micros(outer.Parts), (map[Component]int64{Running: 50, Lock: 30, StopTheWorld: 30}); !maps.Equal(got, want) {
		t.Errorf("outer: %v, not %v", got, want)
	}
	var line []int64
	for _, i := range outer.Timeline {
		if i.Component == StopTheWorld {
			line = append(line, i.Start.Microseconds(), i.End.Microseconds())
		}
	}
	if len(line) != 4 || line[0] != 20 || line[1] != 30 || line[2] != 60 || line[3] != 80 {
		t.Errorf("stops at %v", line)
	}
	for _, c := range outer.Causes {
		if c.Component == StopTheWorld && c.Time.Microseconds() == 10 && c.Stack[0].Function != "runtime.gcMarkTermination" {
			t.Errorf("it does not say who stopped it: %v", c)
		}
	}
}

// TestManyStops has more stops in a span than are remembered.
func TestManyStops(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2)
	s.begin(10, 1, "r")
	for i := range int64(maxStops + 10) {
		s.stop(100+10*i, 101+10*i, 2)
	}
	s.end(200+10*maxStops, 1, "r")
	r := s.report()
	if got := micros(slowest(t, r, "r").Parts)[StopTheWorld]; got != maxStops+10 {
		t.Errorf("stopped for %d", got)
	}
}

// TestOpenStop has a stop not end within the trace, and one that began before it.
func TestOpenStop(t *testing.T) {
	s := newScript(t, Options{})
	n := s.tables.name("stop-the-world (start trace)")
	s.running(0, 1, 2)
	s.add(5, 2, event{kind: rangeEnd, name: n, scope: goroutineScope, id: 2})
	s.begin(10, 1, "r")
	s.add(30, 2, event{kind: rangeBegin, name: n, scope: goroutineScope, id: 2})
	s.end(50, 1, "r")
	if got := micros(slowest(t, s.report(), "r").Parts)[StopTheWorld]; got != 20 {
		t.Errorf("stopped for %d", got)
	}
}
