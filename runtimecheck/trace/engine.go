package trace

// maxDead is how many goroutines that ended are remembered: whoever was woken by one
// of them may be asked for it later.
const maxDead = 4096

// An engine goes through the events of a trace, once.
type engine struct {
	options Options
	tables  *tables
	clock   clock
	first   int64
	now     instant

	goroutines map[int64]*goroutine
	recent     [256]*goroutine // that were looked up, by the last bits of their numbers
	dead       []int64         // the last to end, in a ring
	buried     int             // how many ever were
	free       []*goroutine
	sweeps     map[int64]bool // processors on which one goes on
	procs      map[int64]bool
	tasks      map[int64]*task
	groups     groups
	overlay    *overlay // nil without samples of the kernel's
	spare      []*span
	scratch    causeTree

	info     Info
	synced   bool  // a generation begins
	wallMono int64 // wall clock less monotonic, at the last sync
	offset   int64 // from the clock of the trace to CLOCK_MONOTONIC
	clocked  bool

	counts
	reasons map[name]int64 // of waits, that no table knows
}

// counts are of what could not be told.
type counts struct {
	backwards, steps       int64
	lostHistory, cutChains int64
	taskless               int64
}

func newEngine(o Options, t *tables) *engine {
	return &engine{
		options:    o,
		tables:     t,
		goroutines: make(map[int64]*goroutine),
		dead:       make([]int64, maxDead),
		sweeps:     make(map[int64]bool),
		procs:      make(map[int64]bool),
		tasks:      make(map[int64]*task),
		groups:     newGroups(o.slowest()),
		overlay:    newOverlay(o.Kernel),
		reasons:    make(map[name]int64),
	}
}

// take takes the next event.
func (e *engine) take(ev *event) {
	if ev.kind == syncEvent {
		e.sync(ev)
		return
	}
	e.advance(ev.at)
	e.info.Events++
	if e.synced { // there is a sync at the end, too, of nothing
		e.info.Generations++
		e.synced = false
	}
	var g *goroutine
	if ev.g >= 0 {
		g = e.goroutine(ev.g)
		e.seenOn(g, ev)
	}
	switch ev.kind {
	case stateEvent:
		e.transition(ev)
	case rangeBegin, rangeEnd:
		e.timeRange(ev)
	case regionBegin:
		e.beginRegion(g, ev)
	case regionEnd:
		e.endRegion(g, ev)
	case taskBegin:
		e.beginTask(g, ev)
	case taskEnd:
		e.endTask(ev)
	case sampleEvent:
		if g != nil && len(g.spans) > 0 && g.comp.onThread() && g.comp != syscallComp {
			g.samples = append(g.samples, ev.stack)
		}
	}
}

// advance sets the clock. Time that runs backwards stands still.
func (e *engine) advance(t int64) {
	switch {
	case e.info.Events == 0:
		e.first = t
		if e.overlay != nil {
			e.overlay.offset = e.offset
		}
	case t < e.clock.last:
		e.backwards++
		t = e.clock.last
	}
	e.now = e.clock.at(t)
}

// sync compares clocks at the beginning of a generation.
func (e *engine) sync(ev *event) {
	e.synced = true
	c := ev.clocks
	if c == nil {
		return
	}
	if e.info.Events > 0 && c.trace < e.clock.last-int64(clockBack) {
		e.backwards++
	}
	wallMono := c.wall.UnixNano() - c.mono
	if e.clocked {
		if d := wallMono - e.wallMono; d > int64(clockStep) || d < -int64(clockStep) {
			e.steps++
		}
	} else {
		e.offset = c.mono - c.trace
		e.info.Wall = c.wall.Add(ns(-c.trace)) // less the time of the start, which is to come
	}
	e.wallMono, e.clocked = wallMono, true
}

// seenOn notes where a goroutine runs.
func (e *engine) seenOn(g *goroutine, ev *event) {
	if g.comp == undeterminedComp && ev.kind != sampleEvent && g.state == undeterminedState {
		g.state = executing
		e.change(g, runningComp, none, noExt)
	}
	if ev.kind == sampleEvent {
		return // approximate: it may be of just before
	}
	if ev.p >= 0 {
		e.runsOn(g, ev.p)
	}
	if ev.m != g.m {
		e.flush(g)
		g.m = ev.m
	}
	if ev.stack == 0 {
		return
	}
	g.last = ev.stack
	class := e.tables.class(ev.stack)
	if g.role == 0 {
		g.role = class.entry
	}
	if class.server != nowhere {
		e.served(g, class)
	}
	if len(class.functions) > 0 || len(g.watches) > 0 {
		e.watched(g, class)
	}
	g.seen, g.seenAt = true, e.now.t
}

func (e *engine) runsOn(g *goroutine, p int64) {
	if p != g.p {
		g.p = p
		e.procs[p] = true
	}
}

// goroutine finds one by its number, or meets it.
func (e *engine) goroutine(id int64) *goroutine {
	at := &e.recent[uint8(id)]
	if g := *at; g != nil && g.id == id {
		return g
	}
	g := e.goroutines[id]
	if g == nil {
		g = e.meet(id)
	}
	*at = g
	return g
}

// meet makes a goroutine that was not seen before.
func (e *engine) meet(id int64) *goroutine {
	g := e.spareGoroutine()
	g.id, g.comp, g.p, g.m, g.creator = id, undeterminedComp, none, none, none
	g.since, g.piece, g.born = e.now, e.now, e.now
	e.goroutines[id] = g
	e.info.Goroutines++
	return g
}

func (e *engine) spareGoroutine() *goroutine {
	n := len(e.free)
	if n == 0 {
		return new(goroutine)
	}
	g := e.free[n-1]
	e.free = e.free[:n-1]
	*g = goroutine{
		past:  history{ring: g.past.ring},
		spans: g.spans[:0], regions: g.regions[:0], samples: g.samples[:0], watches: g.watches[:0],
	}
	return g
}

// bury forgets the goroutine that ended longest ago for one that ended now.
func (e *engine) bury(g *goroutine) {
	at := e.buried % maxDead
	if e.buried >= maxDead {
		e.forget(e.dead[at])
	}
	e.dead[at] = g.id
	e.buried++
}

func (e *engine) forget(id int64) {
	g := e.goroutines[id]
	if g == nil || !g.dead {
		return
	}
	delete(e.goroutines, id)
	if at := &e.recent[uint8(id)]; *at == g {
		*at = nil
	}
	e.free = append(e.free, g)
}
