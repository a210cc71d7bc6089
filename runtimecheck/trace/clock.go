package trace

import "time"

// An instant is a moment on two clocks: that of the trace, and net, one that stands
// still while the world is stopped. What a goroutine did takes net time, so that each
// stretch of a stop is counted once, as such, whatever it fell into.
type instant struct{ t, net int64 }

// later returns the later of two.
func later(a, b instant) instant {
	if a.t >= b.t {
		return a
	}
	return b
}

// stopped returns how long the world was stopped between two instants.
func stopped(from, to instant) int64 { return (to.t - from.t) - (to.net - from.net) }

func ns(d int64) time.Duration { return time.Duration(d) }

// maxStops is how many stops of the world are remembered: they say where in a span's
// timeline they lie and who made them. A span with more has them in its sums only.
const maxStops = 1024

// A clock follows time, and when the world is stopped.
type clock struct {
	last  int64
	total int64 // stopped, of the stops that ended
	open  int   // stops that go on: more than one only if the trace contradicts itself
	since int64 // when the first of them began
	stack stack // where
	stops [maxStops]stop
	count int // of stops
}

// A stop is one of the world.
type stop struct {
	from, to int64
	stack    stack // of who stopped it
}

// at returns the instant of a time that is not before the last.
func (c *clock) at(t int64) instant {
	c.last = t
	if c.open > 0 {
		return instant{t, c.since - c.total}
	}
	return instant{t, t - c.total}
}

// stop stops the world.
func (c *clock) stop(t int64, s stack) {
	if c.open == 0 {
		c.since, c.stack = t, s
	}
	c.open++
}

// start starts it again. The end of a stop that began before the trace is none.
func (c *clock) start(t int64) {
	if c.open == 0 {
		return
	}
	c.open--
	if c.open > 0 {
		return
	}
	c.total += t - c.since
	c.stops[c.count%maxStops] = stop{c.since, t, c.stack}
	c.count++
}

// between lists the stops that overlap a stretch of time up to now, cut to it, in
// order.
func (c *clock) between(from, to int64) []stop {
	var list []stop
	first := c.count
	for first > max(0, c.count-maxStops) && c.stops[(first-1)%maxStops].to > from {
		first--
	}
	for i := first; i < c.count; i++ {
		if s := c.stops[i%maxStops]; s.from < to {
			list = append(list, stop{max(s.from, from), min(s.to, to), s.stack})
		}
	}
	if c.open > 0 && c.since < to {
		list = append(list, stop{max(c.since, from), to, c.stack})
	}
	return list
}
