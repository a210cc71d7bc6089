package trace

import "slices"

// A watch is a call of a function that was asked for, on a goroutine. It is told from
// stacks: it lasts from the first event that was seen in it to the last, and to the
// end of the wait or system call that began with that.
//
// Calls without an event inside are not seen; calls without one between them are seen
// as one; and so is a function that calls itself.
type watch struct {
	function uint16 // of those asked for
	span     *span  // nil if its beginning is not in the trace
}

// watched follows the calls of functions by a goroutine that was seen in some.
func (e *engine) watched(g *goroutine, class *class) {
	if class.entry == 0 && len(class.functions) == 0 {
		return // cut off: they may be in what is missing
	}
	for i := len(g.watches) - 1; i >= 0; i-- {
		if !slices.Contains(class.functions, g.watches[i].function) {
			e.endWatch(g, i)
		}
	}
	gap := e.now.t - max(g.piece.t, g.seenAt)
	e.flush(g)
	for _, f := range class.functions {
		if !slices.ContainsFunc(g.watches, func(w watch) bool { return w.function == f }) {
			e.watch(g, f, gap)
		}
	}
}

// watch begins a call, some time after the last event.
func (e *engine) watch(g *goroutine, f uint16, gap int64) {
	n := e.tables.name(e.options.Functions[f])
	if !g.seen && !g.created {
		e.openStart(Function, n)
		g.watches = append(g.watches, watch{function: f})
		return
	}
	s := e.open(Function, n, g.id)
	s.slack = gap
	e.follow(s, g)
	g.watches = append(g.watches, watch{f, s})
}

// endWatch ends a call when the last event was that was seen in it.
func (e *engine) endWatch(g *goroutine, i int) {
	s := g.watches[i].span
	g.watches = slices.Delete(g.watches, i, i+1)
	if s == nil {
		return
	}
	s.slack += e.now.t - g.piece.t
	g.leave(s)
	now := e.now
	e.now = g.piece
	e.finish(s)
	e.now = now
}

// endWatches ends the calls of a goroutine that ends.
func (e *engine) endWatches(g *goroutine) {
	for i := len(g.watches) - 1; i >= 0; i-- {
		e.endWatch(g, i)
	}
}
