package trace

import (
	"errors"
	"fmt"
	"io"
	"strings"

	xtrace "golang.org/x/exp/trace"
)

const (
	header       = "go 1.%d trace" // how each trace begins; three zero bytes follow
	headerLength = 16
	oldest       = 22 // the minor version of the first Go whose traces come in generations
)

// A reader makes events of the runtime's format.
type reader struct {
	in      *input
	events  *xtrace.Reader
	tables  *tables
	stacks  map[xtrace.Stack]stack // of the current generation
	guesses [maxGuesses]numbered   // of stacks, by what happened before
	last    [64]stack              // that an event of a thread had, by the last bits of its number
	frames  []int32
	version string
}

// maxGuesses is how many stacks are found without the map. A program does the same
// things over and over: what a thread did last, and what it does now, tell the stack in
// all but some of a thousand cases.
const (
	guessBits  = 10
	maxGuesses = 1 << guessBits
)

// A numbered stack is one whose number is known.
type numbered struct {
	is     xtrace.Stack
	number stack
}

// An input remembers what reading failed with, which the library tells as a trace that
// is cut off.
type input struct {
	r   io.Reader
	err error
}

func (in *input) Read(p []byte) (int, error) {
	n, err := in.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && in.err == nil {
		in.err = err
	}
	return n, err
}

// newReader reads the beginning of a trace.
func newReader(from io.Reader, t *tables) (_ *reader, err error) {
	defer guard(&err)
	r := &input{r: from}
	head := make([]byte, headerLength)
	n, err := io.ReadFull(r, head)
	if n == 0 {
		return nil, errors.Join(errors.New("it is empty"), notEOF(err))
	}
	if err := notEOF(err); err != nil {
		return nil, err
	}
	var minor int
	if _, err := fmt.Sscanf(string(head[:n]), header, &minor); err != nil {
		return nil, errors.New("it is not an execution trace: those of runtime/trace and of /debug/pprof/trace begin with \"go 1.\"")
	}
	if minor < oldest {
		return nil, fmt.Errorf("it is in the format of Go 1.%d: traces can be read since Go 1.%d; build the program with a newer one", minor, oldest)
	}
	events, err := xtrace.NewReader(io.MultiReader(strings.NewReader(string(head[:n])), r))
	if err != nil {
		return nil, fmt.Errorf("it is in the format of Go 1.%d, which this version of golang.org/x/exp/trace cannot read: %w", minor, err)
	}
	return &reader{
		in:      r,
		events:  events,
		tables:  t,
		stacks:  make(map[xtrace.Stack]stack),
		version: fmt.Sprintf("go1.%d", minor),
	}, nil
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// guard makes an error of a panic: the library panics where a trace contradicts
// itself.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("it contradicts itself: %v", r)
	}
}

// read reads events. Each batch is guarded, not each event, for that costs.
func (r *reader) read(batch []event) (n int, err error) {
	defer guard(&err)
	for n = range batch {
		is, err := r.events.ReadEvent()
		switch {
		case r.in.err != nil && err != nil:
			return n, r.in.err
		case err != nil:
			return n, err
		}
		r.event(&batch[n], &is)
	}
	return len(batch), nil
}

func (r *reader) event(ev *event, is *xtrace.Event) {
	*ev = event{at: int64(is.Time()), g: int64(is.Goroutine()), p: int64(is.Proc()), m: int64(is.Thread())}
	switch is.Kind() {
	case xtrace.EventStateTransition:
		r.state(ev, is)
	case xtrace.EventRangeBegin, xtrace.EventRangeActive:
		r.timeRange(ev, is, rangeBegin)
	case xtrace.EventRangeEnd:
		r.timeRange(ev, is, rangeEnd)
	case xtrace.EventRegionBegin:
		r.region(ev, is, regionBegin)
	case xtrace.EventRegionEnd:
		r.region(ev, is, regionEnd)
	case xtrace.EventTaskBegin:
		r.task(ev, is, taskBegin)
	case xtrace.EventTaskEnd:
		r.task(ev, is, taskEnd)
	case xtrace.EventStackSample:
		ev.kind, ev.stack = sampleEvent, r.stack(ev, is.Stack())
	case xtrace.EventSync:
		r.sync(ev, is)
	default:
		ev.stack = r.stack(ev, is.Stack())
	}
}

func (r *reader) state(ev *event, is *xtrace.Event) {
	st := is.StateTransition()
	if st.Resource.Kind != xtrace.ResourceGoroutine {
		return
	}
	from, to := st.Goroutine()
	ev.kind = stateEvent
	ev.id = int64(st.Resource.Goroutine())
	ev.from, ev.to = stateOf(from), stateOf(to)
	ev.name = r.tables.name(st.Reason)
	ev.own = r.stack(ev, st.Stack)
	switch {
	case ev.g == ev.id && ev.own != 0:
		ev.stack = ev.own
	case ev.from != ev.to && (ev.from == runnable || ev.from == inSyscall):
		// To start a goroutine has no stack, nor has the end of a system call.
	default:
		// What tells of a goroutine at the beginning of a generation is told by another
		// one, with the stack of the former.
		if at := is.Stack(); at != st.Stack || ev.g == ev.id {
			ev.stack = r.stack(ev, at)
		}
	}
}

func stateOf(s xtrace.GoState) state {
	switch s {
	case xtrace.GoNotExist:
		return notExisting
	case xtrace.GoRunnable:
		return runnable
	case xtrace.GoRunning:
		return executing
	case xtrace.GoWaiting:
		return waiting
	case xtrace.GoSyscall:
		return inSyscall
	}
	return undeterminedState
}

func (r *reader) timeRange(ev *event, is *xtrace.Event, kind eventKind) {
	of := is.Range()
	ev.kind, ev.name = kind, r.tables.name(of.Name)
	ev.stack = r.stack(ev, is.Stack())
	switch of.Scope.Kind {
	case xtrace.ResourceGoroutine:
		ev.scope, ev.id = goroutineScope, int64(of.Scope.Goroutine())
	case xtrace.ResourceProc:
		ev.scope, ev.id = procScope, int64(of.Scope.Proc())
	}
}

func (r *reader) region(ev *event, is *xtrace.Event, kind eventKind) {
	of := is.Region()
	ev.kind, ev.id, ev.name = kind, int64(of.Task), r.tables.name(of.Type)
	ev.stack = r.stack(ev, is.Stack())
}

func (r *reader) task(ev *event, is *xtrace.Event, kind eventKind) {
	of := is.Task()
	ev.kind, ev.id, ev.name = kind, int64(of.ID), r.tables.name(of.Type)
	ev.stack = r.stack(ev, is.Stack())
}

// sync begins a generation: it has tables of its own, which its stacks keep alive.
func (r *reader) sync(ev *event, is *xtrace.Event) {
	clear(r.stacks)
	clear(r.guesses[:])
	ev.kind = syncEvent
	if c := is.Sync().ClockSnapshot; c != nil {
		ev.clocks = &clocks{int64(c.Trace), int64(c.Mono), c.Wall}
	}
}

// stack returns the number of a stack that an event has.
func (r *reader) stack(ev *event, s xtrace.Stack) stack {
	if s == xtrace.NoStack {
		return 0
	}
	last := &r.last[uint64(ev.m)%uint64(len(r.last))]
	guess := &r.guesses[guessAt(ev, *last)]
	if guess.is != s {
		*guess = numbered{s, r.find(s)}
	}
	*last = guess.number
	return guess.number
}

// guessAt is where the guess is of the stack of an event, after another stack.
func guessAt(ev *event, last stack) uint32 {
	const spread = 0x9e3779b1 // the golden ratio, of 32 bits
	key := uint32(last)<<12 ^ uint32(ev.name)<<6 ^ uint32(ev.kind)<<3 ^ uint32(ev.to)
	return key * spread >> (32 - guessBits)
}

// find finds the number of a stack, or gives it one.
func (r *reader) find(s xtrace.Stack) stack {
	if n, ok := r.stacks[s]; ok {
		return n
	}
	r.frames = r.frames[:0]
	for f := range s.Frames() {
		r.frames = append(r.frames, r.tables.frame(Frame{f.Func, f.File, int(f.Line)}))
	}
	n := r.tables.stack(r.frames)
	r.stacks[s] = n
	return n
}
