package trace

import "slices"

// A task is one that is open. It goes with one goroutine at a time: of those in a
// region of the task, the one that entered it first; while none is, the one that
// created the task, as long as it lives.
type task struct {
	span    *span
	creator int64
	workers []worker // in the order in which they entered
	leader  *goroutine
	gap     instant // since when it has no leader
}

// A worker is a goroutine in regions of a task.
type worker struct {
	g       *goroutine
	regions int
}

// maxTasks bounds the tasks that are open: a program that does not end its tasks
// leaks them, and so would this.
const maxTasks = 1 << 16

func (e *engine) beginTask(g *goroutine, ev *event) {
	if g == nil || len(e.tasks) >= maxTasks {
		e.taskless++
		return
	}
	if e.tasks[ev.id] != nil {
		return
	}
	t := &task{span: e.open(Task, ev.name, none), creator: g.id, gap: e.now}
	t.span.task = ev.id
	e.tasks[ev.id] = t
	e.lead(t, g, none)
}

// endTask ends a task, from whatever goroutine.
func (e *engine) endTask(ev *event) {
	t := e.tasks[ev.id]
	if t == nil {
		e.openStart(Task, ev.name)
		return
	}
	e.lead(t, nil, ev.g)
	delete(e.tasks, ev.id)
	e.idle(t)
	e.finish(t.span)
}

// join tells that a goroutine entered a region of a task.
func (e *engine) join(g *goroutine, id int64) {
	t := e.tasks[id]
	if t == nil {
		return
	}
	if at := t.worker(g); at >= 0 {
		t.workers[at].regions++
		return
	}
	t.workers = append(t.workers, worker{g, 1})
	e.lead(t, t.workers[0].g, g.id)
}

// part tells that a goroutine left a region of a task.
func (e *engine) part(g *goroutine, id int64) {
	t := e.tasks[id]
	if t == nil {
		return
	}
	at := t.worker(g)
	if at < 0 {
		return
	}
	if t.workers[at].regions--; t.workers[at].regions == 0 {
		t.workers = slices.Delete(t.workers, at, at+1)
		e.lead(t, e.next(t), g.id)
	}
}

func (t *task) worker(g *goroutine) int {
	return slices.IndexFunc(t.workers, func(w worker) bool { return w.g == g })
}

// next is who leads: nil if nobody does.
func (e *engine) next(t *task) *goroutine {
	if len(t.workers) > 0 {
		return t.workers[0].g
	}
	if g := e.goroutines[t.creator]; g != nil && !g.dead {
		return g
	}
	return nil
}

// lead has a task go with another goroutine, or none. Whoever led it until then may
// wait: for the one that takes over, it is assumed.
func (e *engine) lead(t *task, g *goroutine, by int64) {
	old := t.leader
	if old == g {
		return
	}
	if old == nil {
		e.idle(t)
	} else {
		is := interval{old.piece, none, old.last, old.comp, openExt(old.comp)}
		if old.comp.waits() && by >= 0 && by != old.id {
			is.by, is.ext = by, noExt
		}
		e.tellOne(t.span, old, is)
		old.leave(t.span)
	}
	t.leader, t.gap = g, e.now
	if g != nil {
		e.follow(t.span, g)
	}
}

// idle adds the time since a task had no leader.
func (e *engine) idle(t *task) {
	if t.leader != nil || t.gap.t == e.now.t {
		return
	}
	d := e.now.net - t.gap.net
	t.span.parts[undeterminedComp] += d
	t.span.causes.add(0, causeKey{comp: undeterminedComp}, d, 1)
	t.span.timeline.add(interval{from: t.gap, by: none, comp: undeterminedComp}, e.now)
	t.gap = e.now
}

// leaveTasks finds other leaders for the tasks that a goroutine leads that ends.
func (e *engine) leaveTasks(g *goroutine) {
	for i := len(g.spans) - 1; i >= 0; i-- {
		if s := g.spans[i]; s.kind == Task {
			e.succeed(e.tasks[s.task], g)
		}
	}
}

func (e *engine) succeed(t *task, g *goroutine) {
	next := e.next(t)
	if next == g { // who created it
		next = nil
	}
	e.lead(t, next, none)
}
