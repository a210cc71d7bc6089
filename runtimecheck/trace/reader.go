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
	frames  []int32
	version string
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
		r.timeRange(ev, is)
		ev.kind = rangeBegin
	case xtrace.EventRangeEnd:
		r.timeRange(ev, is)
		ev.kind = rangeEnd
	case xtrace.EventRegionBegin, xtrace.EventRegionEnd:
		r.region(ev, is)
	case xtrace.EventTaskBegin, xtrace.EventTaskEnd:
		r.task(ev, is)
	case xtrace.EventStackSample:
		ev.kind, ev.stack = sampleEvent, r.stack(is.Stack())
	case xtrace.EventSync:
		r.sync(ev, is)
	default:
		ev.stack = r.stack(is.Stack())
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
	ev.own = r.stack(st.Stack)
	// What tells of a goroutine at the beginning of a generation is told by another
	// one, with the stack of the former.
	if at := is.Stack(); at != st.Stack || ev.g == ev.id {
		ev.stack = r.stack(at)
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

func (r *reader) timeRange(ev *event, is *xtrace.Event) {
	of := is.Range()
	ev.name = r.tables.name(of.Name)
	ev.stack = r.stack(is.Stack())
	switch of.Scope.Kind {
	case xtrace.ResourceGoroutine:
		ev.scope, ev.id = goroutineScope, int64(of.Scope.Goroutine())
	case xtrace.ResourceProc:
		ev.scope, ev.id = procScope, int64(of.Scope.Proc())
	}
}

func (r *reader) region(ev *event, is *xtrace.Event) {
	of := is.Region()
	ev.kind = regionEnd
	if is.Kind() == xtrace.EventRegionBegin {
		ev.kind = regionBegin
	}
	ev.id, ev.name, ev.stack = int64(of.Task), r.tables.name(of.Type), r.stack(is.Stack())
}

func (r *reader) task(ev *event, is *xtrace.Event) {
	of := is.Task()
	ev.kind = taskEnd
	if is.Kind() == xtrace.EventTaskBegin {
		ev.kind = taskBegin
	}
	ev.id, ev.name, ev.stack = int64(of.ID), r.tables.name(of.Type), r.stack(is.Stack())
}

// sync begins a generation: it has tables of its own, which its stacks keep alive.
func (r *reader) sync(ev *event, is *xtrace.Event) {
	clear(r.stacks)
	ev.kind = syncEvent
	if c := is.Sync().ClockSnapshot; c != nil {
		ev.clocks = &clocks{int64(c.Trace), int64(c.Mono), c.Wall}
	}
}

// stack returns the number of a stack.
func (r *reader) stack(s xtrace.Stack) stack {
	if s == xtrace.NoStack {
		return 0
	}
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
