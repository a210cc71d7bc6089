package trace

// A call is that of a handler, on a goroutine of a server. It is told from stacks: it
// begins with the last event of reading the request, and ends with the first one after
// those inside.
type call struct {
	span    *span   // nil if none is, or its beginning is not in the trace
	handler name    // 0 until an event was inside
	depth   uint8   // of the handler's class
	lost    bool    // it began before the trace, and is counted
	inside  instant // of the last event inside
}

// served follows the calls of handlers by a goroutine that was seen at a place.
func (e *engine) served(g *goroutine, class *class) {
	if class.server == inside {
		e.seenInside(g, class)
		return
	}
	switch {
	case g.call.handler != 0:
		e.endCall(g)
	case g.call.span != nil && class.server == finished:
		g.call.handler = e.tables.name(unnamed)
		g.call.inside = g.call.span.start
		e.endCall(g)
	}
	g.call.lost = false
	if class.server == awaiting {
		e.tentative(g)
	}
}

// tentative begins a call that may be one, or begins it anew.
func (e *engine) tentative(g *goroutine) {
	e.flush(g)
	if s := g.call.span; s != nil {
		g.leave(s)
		e.release(s)
	}
	g.call = call{span: e.open(Handler, 0, g.id)}
	e.follow(g.call.span, g)
}

func (e *engine) seenInside(g *goroutine, class *class) {
	c := &g.call
	switch {
	case c.span == nil && !c.lost:
		e.openStart(Handler, class.handler)
		c.lost = true
	case c.span == nil:
	case c.handler == 0:
		c.span.slack = e.now.t - c.span.start.t
		c.handler, c.depth = class.handler, class.depth
	case class.depth > c.depth:
		c.handler, c.depth = class.handler, class.depth
	}
	c.inside = e.now
}

// endCall ends the call of a handler.
func (e *engine) endCall(g *goroutine) {
	e.flush(g)
	s := g.call.span
	s.name = g.call.handler
	s.slack += e.now.t - max(g.call.inside.t, g.since.t)
	g.leave(s)
	e.finish(s)
	g.call = call{}
}

// endServed ends what a server's goroutine was in that ends.
func (e *engine) endServed(g *goroutine) {
	s := g.call.span
	switch {
	case s == nil:
		return
	case g.call.handler != 0:
		e.endCall(g)
		return
	case ofHTTP2(e.tables.names[g.role]):
		g.call.handler = e.tables.name(unnamed)
		g.call.inside = s.start
		e.endCall(g)
		return
	}
	g.leave(s)
	e.release(s)
	g.call = call{}
}

// openCalls counts the calls that are open at the end of the trace.
func (e *engine) openCalls(g *goroutine) {
	if c := &g.call; c.span != nil && c.handler != 0 {
		c.span.name = c.handler
		e.openEnd(g, c.span)
	}
	for _, w := range g.watches {
		if w.span != nil {
			e.openEnd(g, w.span)
		}
	}
}
