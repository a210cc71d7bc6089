package trace

import "strings"

// transition follows a goroutine from one state to another.
func (e *engine) transition(ev *event) {
	g := e.goroutine(ev.id)
	if ev.from == ev.to {
		e.confirm(g, ev)
		return
	}
	if g.dead && ev.to != notExisting {
		g.dead = false // the trace contradicts itself
	}
	switch ev.to {
	case executing:
		e.enter(g, ev, e.runningAs(g), ev.own)
		if ev.p >= 0 {
			e.runsOn(g, ev.p)
			e.rerun(g)
		}
		g.m = ev.m
	case runnable:
		e.enter(g, ev, schedulerComp, ev.own)
	case waiting:
		e.enter(g, ev, e.waitsFor(ev), ev.own)
	case inSyscall:
		e.enter(g, ev, syscallComp, ev.own)
	case notExisting:
		e.end(g)
	}
}

// confirm takes what the trace says of a goroutine again, at the beginning of a
// generation: the first time it may say where it waits.
func (e *engine) confirm(g *goroutine, ev *event) {
	if ev.own == 0 {
		return
	}
	class := e.tables.class(ev.own)
	if g.role == 0 {
		g.role = class.entry
	}
	if g.last == 0 {
		g.last = ev.own
	}
	if g.comp == undeterminedComp && ev.to == waiting {
		e.change(g, class.found, none, unknownExt)
	}
}

// enter ends what a goroutine was in, for what it is in now.
func (e *engine) enter(g *goroutine, ev *event, to comp, own stack) {
	by, end := int64(none), openExt(g.comp)
	switch {
	case ev.from == notExisting:
		g.creator, g.created = ev.g, true
	case g.comp.waits() && ev.to == runnable:
		by, end = e.woken(g.comp, ev)
	}
	if own != 0 && ev.from == notExisting {
		g.role = e.tables.class(own).entry
	}
	e.change(g, to, by, end)
	g.state = ev.to
	switch {
	case ev.from == notExisting:
		e.born(g)
	case own != 0:
		g.last = own
		if g.role == 0 {
			g.role = e.tables.class(own).entry
		}
	}
}

// woken tells who ended a wait: a goroutine, or what else did. Timers and the network
// poller have no goroutine; where one seems to have ended such a wait, the scheduler
// only happened to look for it then.
func (e *engine) woken(c comp, ev *event) (by int64, is ext) {
	switch {
	case c == sleepComp:
		return none, timerExt
	case c == networkComp && (ev.g < 0 || !e.tables.class(ev.stack).poller):
		return none, networkExt
	case ev.g >= 0 && ev.g != ev.id:
		return ev.g, noExt
	case c == channelComp, c == selectComp:
		return none, timerExt
	case c == gcWaitComp:
		return none, runtimeExt
	}
	return none, unknownExt
}

// waitsFor tells what a goroutine begins to wait for. The reasons are those of
// traceBlockReasonStrings in runtime/traceruntime.go, of Go 1.22 to 1.27.
func (e *engine) waitsFor(ev *event) comp {
	if ev.from != executing && ev.name == 0 {
		return e.tables.class(ev.own).found // it began to before the trace
	}
	switch e.tables.names[ev.name] {
	case "network":
		return networkComp
	case "select":
		return selectComp
	case "chan send", "chan receive":
		return channelComp
	case "sync":
		return e.tables.class(ev.own).wait
	case "sync.(*Cond).Wait", "synctest":
		return syncComp
	case "sleep":
		return sleepComp
	case "GC mark assist wait for work", "GC background sweeper wait", "GC weak to strong wait", "wait until GC ends",
		"preempted": // suspended, for its stack to be scanned
		return gcWaitComp
	case "forever", "unspecified", "system goroutine wait", "wait for debug call",
		"": // a coroutine, for its other half
		return blockedComp
	}
	e.reasons[ev.name]++
	return blockedComp
}

// runningAs tells what a goroutine does that runs.
func (e *engine) runningAs(g *goroutine) comp {
	switch {
	case g.assists:
		return assistComp
	case len(e.sweeps) > 0 && e.sweeps[g.p]:
		return sweepComp
	}
	return runningComp
}

// rerun looks again at what a goroutine does that runs.
func (e *engine) rerun(g *goroutine) {
	if g.state != executing {
		return
	}
	if c := e.runningAs(g); c != g.comp {
		e.change(g, c, none, noExt)
	}
}

// timeRange begins or ends an assist, a sweep or a stop of the world.
func (e *engine) timeRange(ev *event) {
	begins := ev.kind == rangeBegin
	switch n := e.tables.names[ev.name]; {
	case ev.scope == goroutineScope && n == "GC mark assist":
		g := e.goroutine(ev.id)
		g.assists = begins
		e.rerun(g)
	case ev.scope == procScope && n == "GC incremental sweep":
		e.sweep(ev.id, begins, ev.g)
	case strings.HasPrefix(n, "stop-the-world"):
		if begins {
			e.clock.stop(e.now.t, ev.stack)
		} else {
			e.clock.start(e.now.t)
		}
	}
}

// sweep begins or ends a sweep on a processor, by the goroutine on it.
func (e *engine) sweep(p int64, begins bool, by int64) {
	if begins {
		e.sweeps[p] = true
	} else {
		delete(e.sweeps, p)
	}
	if by >= 0 {
		e.rerun(e.goroutine(by))
		return
	}
	for _, g := range e.goroutines {
		if g.p == p && g.state == executing {
			e.rerun(g)
		}
	}
}

// change ends an interval of a goroutine and begins another.
func (e *engine) change(g *goroutine, to comp, by int64, end ext) {
	if len(g.spans) > 0 {
		e.tell(g, by, end)
	}
	if g.since.t < e.now.t {
		g.past.push(interval{g.since, by, g.last, g.comp, end})
	}
	g.comp, g.since, g.piece = to, e.now, e.now
}

// flush tells the spans of a goroutine of its time so far.
func (e *engine) flush(g *goroutine) {
	if len(g.spans) > 0 && g.piece.t < e.now.t {
		e.tell(g, none, openExt(g.comp))
	}
	g.piece = e.now
}

// born begins to follow a goroutine whose start is in the trace.
func (e *engine) born(g *goroutine) {
	if n := e.tables.names[g.role]; ofHTTP2(n) || ofGRPC(n) {
		e.tentative(g)
	}
}

// end ends a goroutine, and what was open on it.
func (e *engine) end(g *goroutine) {
	if g.dead {
		return
	}
	e.endWatches(g)
	e.endServed(g)
	e.change(g, undeterminedComp, none, openExt(g.comp))
	for _, s := range g.regions {
		e.part(g, s.task)
		e.openEnd(g, s)
	}
	g.regions = g.regions[:0]
	e.leaveTasks(g)
	g.dead, g.state = true, notExisting
	e.bury(g)
}
