package effects

// A weight orders witnesses: what is not cold before what is, sure allocations
// before doubtful ones, short chains before long ones. The smaller is the better.
type weight uint32

const (
	noWeight     weight = 1<<32 - 1 // there is no such effect
	coldBit      weight = 1 << 31
	certaintyBit        = 28
	lengthMask   weight = 1<<certaintyBit - 1
)

func newWeight(cold bool, c Certainty, length int) weight {
	w := weight(c)<<certaintyBit | weight(length)&lengthMask
	if cold {
		w |= coldBit
	}
	return w
}

func (w weight) cold() bool           { return w&coldBit != 0 }
func (w weight) certainty() Certainty { return Certainty(w >> certaintyBit & 3) }
func (w weight) length() int          { return int(w & lengthMask) }

// extend returns the weight of a chain that is n steps longer at its beginning.
func (w weight) extend(cold bool, n int) weight {
	if w == noWeight {
		return w
	}
	return newWeight(w.cold() || cold, w.certainty(), w.length()+n)
}

// maxChain is the number of steps that a chain has at most; of a longer one the
// middle is left out.
const maxChain = 24

// chainLen returns how long a chain is, with what is left out of it.
func chainLen(s *Step) int {
	if s == nil {
		return 0
	}
	return s.depth
}

// shown returns the number of steps that a chain has.
func shown(s *Step) (n int) {
	for range s.All {
		n++
	}
	return n
}

// link returns the chain that begins with first and goes on with next.
func link(first Step, next *Step) *Step {
	first.Next = next
	first.depth = chainLen(next) + 1
	if first.depth <= maxChain || shown(next) < maxChain {
		return &first
	}
	// Drop the step in the middle, and copy those before it.
	head := make([]Step, 0, maxChain/2)
	at := &first
	for range maxChain / 2 {
		head = append(head, *at)
		at = at.Next
	}
	head[len(head)-1].Omitted += 1 + at.Omitted
	rest := at.Next
	for i := len(head) - 1; i >= 0; i-- {
		s := head[i]
		s.Next = rest
		s.depth = chainLen(rest) + 1 + s.Omitted
		rest = &s
	}
	return rest
}
