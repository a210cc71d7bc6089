package trace

import (
	"maps"
	"slices"
)

// A span is one that is open.
type span struct {
	kind  Kind
	name  name
	task  int64 // of a region, or which one it is
	g     int64 // none for tasks
	start instant
	from  instant // since when it follows the goroutine that it is with
	slack int64   // by how much it may be longer or shorter

	parts    parts
	causes   causeTree
	timeline timeline
	kernel   charges
}

// open makes a span that begins now. It follows no goroutine yet.
func (e *engine) open(k Kind, n name, g int64) *span {
	s := e.spareSpan()
	s.kind, s.name, s.g, s.start, s.from = k, n, g, e.now, e.now
	return s
}

func (e *engine) spareSpan() *span {
	s, n := (*span)(nil), len(e.spare)
	if n == 0 {
		s = new(span)
	} else {
		s = e.spare[n-1]
		e.spare = e.spare[:n-1]
		*s = span{causes: s.causes, timeline: s.timeline[:0], kernel: s.kernel.reset()}
	}
	s.causes.reset()
	return s
}

// release takes a span back for reuse.
func (e *engine) release(s *span) { e.spare = append(e.spare, s) }

// follow has a span follow a goroutine, from now on.
func (e *engine) follow(s *span, g *goroutine) {
	s.from = e.now
	g.spans = append(g.spans, s)
}

// leave ends that, after its spans were told what it did.
func (g *goroutine) leave(s *span) {
	for i := len(g.spans) - 1; i >= 0; i-- {
		if g.spans[i] == s {
			g.spans = slices.Delete(g.spans, i, i+1)
			return
		}
	}
}

// tell tells the spans of a goroutine what it did since they were last told.
func (e *engine) tell(g *goroutine, by int64, end ext) {
	is := interval{g.piece, by, g.last, g.comp, end}
	for _, s := range g.spans {
		e.tellOne(s, g, is)
	}
	g.samples = g.samples[:0]
}

func (e *engine) tellOne(s *span, g *goroutine, is interval) {
	is.from = later(is.from, s.from)
	d := e.now.net - is.from.net
	if e.now.t <= is.from.t {
		return
	}
	s.parts[is.comp] += d
	if e.overlay != nil && is.comp.onThread() {
		e.overlay.charge(s, g.m, is.from, e.now)
	} else if e.overlay != nil && is.comp == schedulerComp {
		e.overlay.charge(s, none, is.from, e.now)
	}
	if is.comp == runningComp {
		is.stack = s.ran(g.samples, d)
	} else {
		node := s.causes.add(0, e.keyOf(is), d, 1)
		if is.by != none && is.ext == noExt && is.comp.waits() && node != dropped {
			e.explain(&s.causes, node, is.by, is.from, e.now)
		}
	}
	s.timeline.add(is, e.now)
}

// ran adds time in which it ran: where, the profiler's samples tell, each as much as
// another. It returns the stack of the first.
func (s *span) ran(samples []stack, d int64) stack {
	if len(samples) == 0 {
		s.causes.add(0, causeKey{comp: runningComp}, d, 1)
		return 0
	}
	each := d / int64(len(samples))
	for i, at := range samples {
		if i == len(samples)-1 {
			each = d - each*int64(i)
		}
		s.causes.add(0, causeKey{comp: runningComp, stack: at}, each, 1)
	}
	return samples[0]
}

// finish ends a span that was told of all its time, and adds it to its group.
func (e *engine) finish(s *span) {
	d := stopped(s.start, e.now)
	s.parts[stwComp] = d
	if d > 0 {
		for _, stop := range e.clock.between(s.start.t, e.now.t) {
			took := min(stop.to-stop.from, d)
			s.causes.add(0, causeKey{comp: stwComp, stack: stop.stack}, took, 1)
			d -= took
		}
	}
	if d > 0 {
		s.causes.add(0, causeKey{comp: stwComp}, d, 1)
	}
	if e.overlay != nil {
		e.overlay.settle(s)
	}
	e.groups.add(s, e)
	e.release(s)
}

// openStart counts a span whose beginning is not in the trace.
func (e *engine) openStart(k Kind, n name) { e.groups.of(k, n, e.tables).openStart++ }

// openEnd counts a span whose end is not in the trace.
func (e *engine) openEnd(g *goroutine, s *span) {
	e.groups.of(s.kind, s.name, e.tables).openEnd++
	g.leave(s)
	e.release(s)
}

// beginRegion begins a user's region.
func (e *engine) beginRegion(g *goroutine, ev *event) {
	if g == nil {
		return
	}
	e.flush(g)
	s := e.open(Region, ev.name, g.id)
	s.task = ev.id
	e.follow(s, g)
	g.regions = append(g.regions, s)
	e.join(g, ev.id)
}

// endRegion ends one: the innermost, for the reader of traces sees to it that they
// nest.
func (e *engine) endRegion(g *goroutine, ev *event) {
	if g == nil {
		return
	}
	e.flush(g)
	at := len(g.regions) - 1
	for at >= 0 && (g.regions[at].name != ev.name || g.regions[at].task != ev.id) {
		at--
	}
	if at < 0 {
		e.openStart(Region, ev.name)
		return
	}
	for len(g.regions)-1 > at { // within it, without an end
		e.openEnd(g, g.regions[len(g.regions)-1])
		g.regions = g.regions[:len(g.regions)-1]
	}
	s := g.regions[at]
	g.regions = g.regions[:at]
	g.leave(s)
	e.finish(s)
	e.part(g, ev.id)
}

// openAtEnd counts the spans that are open at the end of the trace.
func (e *engine) openAtEnd() {
	for _, id := range slices.Sorted(maps.Keys(e.goroutines)) {
		g := e.goroutines[id]
		for _, s := range g.regions {
			e.openEnd(g, s)
		}
		e.openCalls(g)
	}
	for _, id := range slices.Sorted(maps.Keys(e.tasks)) {
		e.groups.of(Task, e.tasks[id].span.name, e.tables).openEnd++
	}
}
