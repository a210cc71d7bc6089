package trace

// A goroutine is one of the trace: what it is in, and what it was in lately.
type goroutine struct {
	id      int64
	role    name // the function that it was started with
	comp    comp
	state   state
	dead    bool
	assists bool // has an open assist
	created bool // in the trace
	since   instant
	piece   instant // up to which its spans know: since, or later
	last    stack   // where it was when last seen
	p, m    int64   // where it runs, or ran last
	born    instant
	creator int64 // none if it is older than the trace, or nobody's

	past    history
	spans   []*span // that follow it
	regions []*span // of those, its open regions, outermost first
	samples []stack // of the CPU profiler, since piece
	seen    bool    // at a stack of its own
	seenAt  int64   // the last one
	call    call
	watches []watch
}

// An interval is an unbroken stretch of one component. It ends where the next begins.
type interval struct {
	from  instant
	by    int64 // who ended it, or none
	stack stack
	comp  comp
	ext   ext
}

// maxHistory is how many intervals of a goroutine are remembered.
const maxHistory = 64

// A history is the latest intervals of a goroutine, in a ring that grows as needed.
type history struct {
	ring  []interval // its length is a power of two
	count int        // that were ever pushed
}

func (h *history) push(i interval) {
	if h.count == len(h.ring) && h.count < maxHistory {
		grown := make([]interval, max(4, 2*len(h.ring)))
		copy(grown, h.ring)
		h.ring = grown
	}
	h.ring[h.count&(len(h.ring)-1)] = i
	h.count++
}

// back returns the interval that was pushed n before the last, nil if it is forgotten.
func (h *history) back(n int) *interval {
	at := h.count - 1 - n
	if at < 0 || n >= len(h.ring) {
		return nil
	}
	return &h.ring[at&(len(h.ring)-1)]
}

// forgets reports whether it does not reach back to the first interval.
func (h *history) forgets() bool { return h.count > len(h.ring) }
