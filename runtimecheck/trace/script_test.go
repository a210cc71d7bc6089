package trace

import (
	"cmp"
	"context"
	"io"
	"slices"
	"testing"
	"time"
)

// A script is a trace that a test writes itself, through the engine's own events.
// Times are in microseconds.
type script struct {
	t       testing.TB
	options Options
	tables  *tables
	events  []event
	at      int64
}

func newScript(t testing.TB, o Options) *script {
	return &script{t: t, options: o, tables: newTables(o.Functions)}
}

// read is a source's.
func (s *script) read(batch []event) (int, error) {
	n := copy(batch, s.events)
	if s.events = s.events[n:]; len(s.events) == 0 {
		return n, io.EOF
	}
	return n, nil
}

func (s *script) report() *Report {
	s.t.Helper()
	slices.SortStableFunc(s.events, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	e := newEngine(s.options, s.tables)
	if err := e.run(context.Background(), s); err != nil {
		s.t.Fatal(err)
	}
	r := e.report()
	verify(s.t, r)
	return r
}

// add adds an event of a goroutine, on the processor and thread of its number.
func (s *script) add(at, g int64, ev event) {
	ev.at = at * int64(time.Microsecond)
	ev.g, ev.p, ev.m = g, g, g
	s.events = append(s.events, ev)
}

// stack makes a stack of functions, innermost first.
func (s *script) stack(functions ...string) stack {
	var frames []int32
	for i, f := range functions {
		frames = append(frames, s.tables.frame(Frame{f, "file.go", i}))
	}
	return s.tables.stack(frames)
}

func (s *script) create(at, by, g int64, entry string) {
	s.add(at, by, event{kind: stateEvent, id: g, from: notExisting, to: runnable, own: s.stack(entry), stack: s.stack("creator")})
}

func (s *script) start(at, g int64) {
	s.add(at, none, event{kind: stateEvent, id: g, from: runnable, to: executing})
	last := &s.events[len(s.events)-1]
	last.p, last.m = g, g // those that it starts on
}

// running has goroutines run that nothing was told of before.
func (s *script) running(at int64, gs ...int64) {
	for _, g := range gs {
		s.create(at, none, g, "main.worker")
		s.start(at, g)
	}
}

func (s *script) block(at, g int64, reason string, stack ...string) {
	own := s.stack(stack...)
	s.add(at, g, event{kind: stateEvent, id: g, from: executing, to: waiting, name: s.tables.name(reason), own: own, stack: own})
}

func (s *script) preempt(at, g int64) {
	s.add(at, g, event{kind: stateEvent, id: g, from: executing, to: runnable, name: s.tables.name("preempted")})
}

// unblock wakes a goroutine; by is none for the runtime. The woken one starts at once.
func (s *script) unblock(at, by, g int64, stack ...string) {
	s.add(at, by, event{kind: stateEvent, id: g, from: waiting, to: runnable, stack: s.stack(stack...)})
	s.start(at, g)
}

func (s *script) syscall(at, to, g int64) {
	own := s.stack("syscall.read", "main.worker")
	s.add(at, g, event{kind: stateEvent, id: g, from: executing, to: inSyscall, own: own, stack: own})
	s.add(to, g, event{kind: stateEvent, id: g, from: inSyscall, to: executing})
}

func (s *script) exit(at, g int64) {
	s.add(at, g, event{kind: stateEvent, id: g, from: executing, to: notExisting})
}

func (s *script) begin(at, g int64, name string) {
	s.add(at, g, event{kind: regionBegin, name: s.tables.name(name)})
}

func (s *script) end(at, g int64, name string) {
	s.add(at, g, event{kind: regionEnd, name: s.tables.name(name)})
}

func (s *script) stop(at, to, g int64) {
	n := s.tables.name("stop-the-world (GC mark termination)")
	s.add(at, g, event{kind: rangeBegin, name: n, scope: goroutineScope, id: g, stack: s.stack("runtime.gcMarkTermination")})
	s.add(to, g, event{kind: rangeEnd, name: n, scope: goroutineScope, id: g})
}

// seen has a goroutine be seen at a stack.
func (s *script) seen(at, g int64, stack ...string) {
	s.add(at, g, event{stack: s.stack(stack...)})
}

// groupOf finds one in a report.
func groupOf(t testing.TB, r *Report, k Kind, name string) *Group {
	t.Helper()
	for i := range r.Groups {
		if g := &r.Groups[i]; g.Kind == k && g.Name == name {
			return g
		}
	}
	t.Fatalf("no %s %s among %d groups", k, name, len(r.Groups))
	return nil
}

// slowest returns the slowest span of a region.
func slowest(t testing.TB, r *Report, name string) *Span {
	t.Helper()
	g := groupOf(t, r, Region, name)
	if len(g.Slowest) == 0 {
		t.Fatalf("no whole span of %s", name)
	}
	return &g.Slowest[0]
}

// micros is parts by name, in microseconds.
func micros(parts []Part) map[Component]int64 {
	m := make(map[Component]int64)
	for _, p := range parts {
		m[p.Component] = p.Time.Microseconds()
	}
	return m
}

func problem(r *Report, code string) *Problem {
	for i := range r.Problems {
		if r.Problems[i].Code == code {
			return &r.Problems[i]
		}
	}
	return nil
}
