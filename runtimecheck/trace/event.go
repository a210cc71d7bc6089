package trace

import "time"

// An event is what the engine goes by: it knows of no format of files. Goroutines,
// processors and threads are numbered as the runtime does; none is -1.
type event struct {
	at       int64 // ns, on the clock of the trace
	kind     eventKind
	scope    scope // of a range
	from, to state // of a transition

	g, p, m int64 // who was executing: as before a transition
	id      int64 // who changes state, whose range it is, or the number of the task

	name  name  // why it waits; of a range, region or task
	stack stack // of g
	own   stack // of the goroutine that changes state

	clocks *clocks // of a sync, nil if it has none
}

// none is no goroutine, processor or thread.
const none = -1

type eventKind uint8

const (
	otherEvent  eventKind = iota
	syncEvent             // a generation begins
	stateEvent            // a goroutine changes state
	rangeBegin            // or was found to be active
	rangeEnd              //
	regionBegin           //
	regionEnd             //
	taskBegin             //
	taskEnd               //
	sampleEvent           // of the CPU profiler
	eventKinds  = iota
)

// A state of a goroutine.
type state uint8

const (
	undeterminedState state = iota
	notExisting
	runnable
	executing
	waiting
	inSyscall
	states = iota
)

// A scope is what a range of time is of.
type scope uint8

const (
	globalScope scope = iota
	goroutineScope
	procScope
	scopes = iota
)

// clocks are readings at the same moment.
type clocks struct {
	trace, mono int64 // ns
	wall        time.Time
}

// A source yields events in order, a few at a time: it fills the first of a batch and
// says how many. With the last of them, or after, it ends with io.EOF, or fails.
type source interface {
	read(batch []event) (int, error)
}
