package trace

const (
	maxDepth  = 4   // how far down what lies behind a cause is followed
	maxPieces = 80  // stretches of time that are looked at for one wait
	maxHops   = 256 // from holder to holder of the same thing
)

// A chain explains one wait: it goes from who was woken to who woke it.
type chain struct {
	*engine
	tree   *causeTree
	pieces int // that may still be looked at
}

// explain adds below a node what the goroutine that ended a wait did during it.
func (e *engine) explain(t *causeTree, node int32, by int64, from, to instant) {
	c := chain{e, t, maxPieces}
	c.behind(node, by, from, to, 0, 0)
}

// behind adds what a goroutine did from one instant to another: exactly as much time
// as lies between them.
func (c *chain) behind(node int32, by int64, from, to instant, depth, hops int) {
	g := c.goroutines[by]
	if g == nil {
		c.unexplained(node, from, to, &c.lostHistory)
		return
	}
	// From the newest to the oldest, for it is the newest that are remembered.
	end := to
	if g.since.t < end.t {
		start := later(g.since, from)
		c.piece(node, g, interval{start, none, g.last, g.comp, openExt(g.comp)}, end, depth, hops)
		end = start
	}
	for n := 0; end.t > from.t; n++ {
		if c.pieces <= 0 {
			c.unexplained(node, from, end, &c.cutChains)
			return
		}
		was := g.past.back(n)
		if was == nil {
			c.before(node, g, from, end, depth, hops)
			return
		}
		if was.from.t >= end.t {
			continue
		}
		is := *was
		is.from = later(was.from, from)
		c.piece(node, g, is, end, depth, hops)
		end = is.from
	}
}

// openExt is what ends what still goes on: nobody is known.
func openExt(c comp) ext {
	switch {
	case c == syscallComp:
		return kernelExt
	case c.waits():
		return unknownExt
	}
	return noExt
}

// before adds the time before all that is remembered of a goroutine: who started it
// is the cause of what was before that.
func (c *chain) before(node int32, g *goroutine, from, to instant, depth, hops int) {
	if g.creator != none && !g.past.forgets() && hops < maxHops && c.pieces > 0 {
		c.pieces--
		c.behind(node, g.creator, from, to, depth, hops+1)
		return
	}
	c.unexplained(node, from, to, &c.lostHistory)
}

func (c *chain) unexplained(node int32, from, to instant, count *int64) {
	*count++
	c.tree.add(node, causeKey{comp: undeterminedComp}, to.net-from.net, 1)
}

// piece adds one stretch. A goroutine that itself waited at the same place for the
// same thing stood in the same queue: its time is that of whoever was before it.
func (c *chain) piece(node int32, g *goroutine, i interval, to instant, depth, hops int) {
	c.pieces--
	key := c.keyOf(i)
	key.role = g.role
	if i.by == none || !i.comp.waits() || key.ext != noExt {
		c.tree.add(node, key, to.net-i.from.net, 1)
		return
	}
	if node > 0 && hops < maxHops {
		if at := &c.tree.nodes[node]; at.comp == i.comp && at.stack == i.stack {
			c.behind(node, i.by, i.from, to, depth, hops+1)
			return
		}
	}
	if depth+1 >= maxDepth {
		c.cutChains++
		key.ext = unknownExt
		c.tree.add(node, key, to.net-i.from.net, 1)
		return
	}
	below := c.tree.add(node, key, to.net-i.from.net, 1)
	if below != dropped {
		c.behind(below, i.by, i.from, to, depth+1, 0)
	}
}

// keyOf is what an interval is counted as. Where a goroutine is queued for a processor
// does not matter.
func (e *engine) keyOf(i interval) causeKey {
	if i.comp == schedulerComp || i.comp == undeterminedComp {
		return causeKey{comp: i.comp}
	}
	return causeKey{comp: i.comp, ext: i.ext, stack: i.stack}
}
