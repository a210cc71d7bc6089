package trace

import (
	"maps"
	"testing"
	"time"
)

// sample is one at a time in microseconds, of a thread's wait.
func sample(at, throttled, thread, queued int64) Sample {
	us := func(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
	return Sample{At: us(at), Throttled: us(throttled), Threads: map[int64]time.Duration{thread: us(queued)}}
}

func TestOverlay(t *testing.T) {
	tests := []struct {
		name    string
		samples []Sample
		want    map[Component]int64
	}{
		{"nothing grew", []Sample{sample(0, 7, 1, 7), sample(2000, 7, 1, 7)}, map[Component]int64{}},
		{"throttled", []Sample{sample(0, 0, 1, 0), sample(2000, 60, 1, 60)}, map[Component]int64{Throttled: 60}},
		{"more than it was on a thread", []Sample{sample(0, 0, 1, 0), sample(2000, 5000, 1, 5000)}, map[Component]int64{Throttled: 400}},
		{"before it", []Sample{sample(0, 0, 1, 0), sample(50, 60, 1, 60), sample(2000, 60, 1, 60)}, map[Component]int64{}},
		{"in two intervals", []Sample{sample(0, 0, 1, 0), sample(110, 50, 1, 50), sample(2000, 80, 1, 80)}, map[Component]int64{Throttled: 10 + 30}},
		{"queued", []Sample{sample(0, 0, 1, 10), sample(2000, 0, 1, 90)}, map[Component]int64{RunQueue: 80}},
		{"another thread queued", []Sample{sample(0, 0, 2, 10), sample(2000, 0, 2, 90)}, map[Component]int64{}},
		{"both at once", []Sample{sample(0, 0, 1, 0), sample(2000, 300, 1, 300)}, map[Component]int64{Throttled: 300}},
		{"queued when it was no more", []Sample{sample(0, 0, 1, 0), sample(2000, 200, 1, 300)}, map[Component]int64{Throttled: 200, RunQueue: 100}},
		{"another thread throttled", []Sample{sample(0, 0, 1, 0), sample(2000, 300, 1, 0)}, map[Component]int64{}},
		{"booked late", []Sample{sample(0, 0, 1, 0), sample(1100, 0, 1, 0), sample(1200, 150, 1, 150)}, map[Component]int64{Throttled: 50}},
		{"a thread that is new", []Sample{sample(0, 0, 2, 0), sample(2000, 0, 1, 30)}, map[Component]int64{RunQueue: 30}},
		{"none of threads", []Sample{{At: 0}, sample(2000, 0, 1, 30)}, map[Component]int64{}},
		{"out of order", []Sample{sample(2000, 60, 1, 60), sample(0, 0, 1, 0)}, map[Component]int64{Throttled: 60}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newScript(t, Options{Kernel: test.samples})
			s.running(0, 1, 2)
			s.begin(100, 1, "r") // 200 running, 200 in a system call, 600 blocked
			s.block(200, 1, "sync", "sync.(*Mutex).Lock", "main.f")
			s.unblock(800, 2, 1)
			s.syscall(850, 1050, 1)
			s.end(1100, 1, "r")
			r := s.report()
			if got := micros(slowest(t, r, "r").Kernel); !maps.Equal(got, test.want) {
				t.Errorf("%v, not %v", got, test.want)
			}
			if got := micros(groupOf(t, r, Region, "r").Slices[0].Kernel); !maps.Equal(got, test.want) {
				t.Errorf("slice: %v, not %v", got, test.want)
			}
		})
	}
}

// TestKernel says what samples say of the whole trace, and what they do not cover.
func TestKernel(t *testing.T) {
	s := newScript(t, Options{Kernel: []Sample{sample(200, 0, 1, 0), sample(300, 40, 1, 30), sample(500, 400, 1, 40), sample(5000, 400, 1, 40)}})
	s.running(0, 1)
	s.begin(10, 1, "r")
	s.end(1000, 1, "r")
	r := s.report()
	us := time.Microsecond
	want := Kernel{Samples: 4, Interval: 200 * us, Throttled: 300 * us, RunQueue: 40 * us, Covered: 800 * us}
	if *r.Kernel != want {
		t.Errorf("%+v, not %+v", *r.Kernel, want)
	}
	if problem(r, "kernel-covered") == nil {
		t.Errorf("problems: %v", r.Problems)
	}
}

func TestOneSample(t *testing.T) {
	s := newScript(t, Options{Kernel: []Sample{sample(200, 0, 1, 0)}})
	s.running(0, 1)
	s.begin(10, 1, "r")
	s.end(1000, 1, "r")
	if r := s.report(); r.Kernel != nil || problem(r, "kernel-samples") == nil {
		t.Errorf("%v; problems: %v", r.Kernel, r.Problems)
	}
}

// TestClocks has samples on a clock that is ahead of the trace's.
func TestClocks(t *testing.T) {
	s := newScript(t, Options{Kernel: []Sample{sample(1000, 0, 1, 0), sample(1150, 50, 1, 50), sample(9000, 50, 1, 50)}})
	s.add(0, none, event{kind: syncEvent, clocks: &clocks{trace: 0, mono: int64(time.Millisecond), wall: time.Unix(1000, 0)}})
	s.running(0, 1)
	s.begin(100, 1, "r")
	s.end(1000, 1, "r")
	r := s.report()
	if got := micros(slowest(t, r, "r").Kernel)[Throttled]; got != 50 {
		t.Errorf("throttled for %d", got)
	}
	if !r.Trace.Wall.Equal(time.Unix(1000, 0)) {
		t.Errorf("it began at %v", r.Trace.Wall)
	}
}

// TestClockSteps has clocks go where they should not.
func TestClockSteps(t *testing.T) {
	s := newScript(t, Options{})
	at := func(ms, mono, wall int64) event {
		return event{at: ms * 1e6, kind: syncEvent, clocks: &clocks{ms * 1e6, mono * 1e6, time.UnixMilli(wall)}}
	}
	span := func(ms int64) {
		s.begin(1000*ms, 1, "r")
		s.end(1000*ms+500, 1, "r")
	}
	e := newEngine(s.options, s.tables)
	play := func() {
		for i := range s.events {
			e.take(&s.events[i])
		}
		s.events = nil
	}
	s.events = append(s.events, at(0, 0, 5000))
	s.running(0, 1)
	span(1)
	s.events = append(s.events, at(1000, 1000, 6001)) // drifts
	span(1001)
	s.events = append(s.events, at(2000, 2000, 8000)) // is set
	span(2001)
	s.events = append(s.events, at(1500, 2500, 8500)) // a thread was late
	span(2501)
	s.events = append(s.events, at(1400, 3500, 9500)) // the trace's own runs backwards
	span(1501)
	play()
	r := e.report()
	verify(t, r)
	if p := problem(r, "clock-step"); p == nil || p.N != 1 {
		t.Errorf("problems: %v", r.Problems)
	}
	if p := problem(r, "clock-backwards"); p == nil || p.N != 3 {
		t.Errorf("problems: %v", r.Problems)
	}
}
