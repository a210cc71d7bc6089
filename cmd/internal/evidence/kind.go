package evidence

// A kind is what a meter measures.
type kind string

const (
	cpu       kind = "cpu"
	alloc     kind = "alloc"
	inuse     kind = "inuse"
	mutex     kind = "mutex"
	block     kind = "block"
	goroutine kind = "goroutine"
	leak      kind = "leak" // goroutines that wait for what cannot come

	// Of execution traces.
	blocked kind = "blocked" // time between a goroutine's stopping and its being ready again
	kernel  kind = "kernel"  // time in system calls
	assist  kind = "assist"  // time in which who allocates does, or waits for, the collector's work
	stopped kind = "stopped" // time in which the world is stopped
	started kind = "started" // goroutines
)

// public returns what finding.Measure calls the kind.
func (k kind) public() string {
	switch k {
	case leak:
		return string(goroutine)
	case blocked, kernel, assist, stopped, started:
		return "trace"
	}
	return string(k)
}

// whole names what shares are of.
func (k kind) whole() string {
	switch k {
	case cpu:
		return "CPU"
	case alloc:
		return "allocated bytes"
	case inuse:
		return "the heap in use"
	case mutex:
		return "the time that others wait for locks"
	case goroutine:
		return "goroutines"
	case leak:
		return "leaked goroutines"
	case kernel:
		return "the time in system calls"
	case assist:
		return "the time that the collector takes from who allocates"
	case stopped:
		return "the time in which the world is stopped"
	case started:
		return "goroutines started"
	}
	return "blocked time"
}

func (k kind) unit() string {
	switch k {
	case alloc, inuse:
		return "bytes"
	case goroutine, leak, started:
		return "goroutines"
	}
	return "s"
}

// flows reports whether the kind is measured over a time, and not at a moment.
func (k kind) flows() bool { return k != inuse && k != goroutine && k != leak }

// waits reports whether the kind is of waiting, which the runtime's own goroutines
// do most of the time.
func (k kind) waits() bool {
	switch k {
	case mutex, block, blocked, kernel:
		return true
	}
	return false
}
