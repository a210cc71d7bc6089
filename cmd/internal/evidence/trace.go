package evidence

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/pprof/profile"
	"golang.org/x/exp/trace"

	"github.com/lagvet/lagvet/analyzers/symbol"
	"github.com/lagvet/lagvet/cmd/internal/stacks"
)

// traceMagic is how execution traces begin; the version of Go follows.
const traceMagic = "go 1."

// firstTrace is the minor version of the first Go whose traces can be read piece by
// piece: older ones are kept in memory as a whole.
const firstTrace = 22

// readTrace reads an execution trace, or what a flight recorder kept of one.
func readTrace(name string, r *bufio.Reader) (s *source, err error) {
	defer guard(&err) // the reader of traces panics where one contradicts itself
	head, _ := r.Peek(len(traceMagic) + len("22 trace"))
	var version int
	if _, err := fmt.Sscanf(string(head), traceMagic+"%d trace", &version); err != nil {
		return nil, errors.New("it is neither a profile in pprof's format nor an execution trace")
	}
	if version < firstTrace {
		return nil, fmt.Errorf("it is an execution trace of Go 1.%d: traces can be read since Go 1.%d", version, firstTrace)
	}
	events, err := trace.NewReader(r)
	if err != nil {
		return nil, unreadable(err)
	}
	t := newTracer(name)
	for {
		ev, err := events.ReadEvent()
		switch {
		case errors.Is(err, io.EOF):
			return t.finish()
		case err != nil:
			return nil, unreadable(err)
		}
		t.take(ev)
	}
}

// unreadable passes on the first line of what the reader of traces says: the state
// that it is in follows.
func unreadable(err error) error {
	reason, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("it is an execution trace that cannot be read, damaged, cut off, or of a newer Go: %s", strings.TrimRight(reason, ": "))
}

// A tracer adds up what an execution trace holds, by kind, stack and reason.
type tracer struct {
	*source
	first, last trace.Time
	seen        bool
	waits       map[trace.GoID]*wait
	ranges      map[rangeOf]*wait
	sums        map[sumOf]int64 // in nanoseconds: exact, in whatever order; or goroutines

	stacks   map[trace.Stack]int // of the current generation, into lists
	lists    [][]*profile.Location
	byFrames map[string]int // the same, by the numbers of their frames
	table    *stacks.Table
}

// A wait is one that goes on.
type wait struct {
	kind   kind
	since  trace.Time
	stack  int // -1 if unknown
	reason string
}

// A rangeOf is what tells one range of time in a trace from another.
type rangeOf struct {
	name  string
	scope trace.ResourceID
}

type sumOf struct {
	kind   kind
	stack  int
	reason string
}

func compareSums(a, b sumOf) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.stack, b.stack), cmp.Compare(a.reason, b.reason))
}

func newTracer(name string) *tracer {
	raw := new(profile.Profile)
	return &tracer{
		source:   &source{name: name, raw: raw},
		waits:    make(map[trace.GoID]*wait),
		ranges:   make(map[rangeOf]*wait),
		sums:     make(map[sumOf]int64),
		stacks:   make(map[trace.Stack]int),
		byFrames: make(map[string]int),
		table:    stacks.NewTable(raw),
	}
}

func (t *tracer) take(ev trace.Event) {
	if !t.seen {
		t.first, t.seen = ev.Time(), true
	}
	t.last = max(t.last, ev.Time())
	switch ev.Kind() {
	case trace.EventSync:
		clear(t.stacks) // a generation has tables of its own, which they keep alive
	case trace.EventStateTransition:
		if st := ev.StateTransition(); st.Resource.Kind == trace.ResourceGoroutine {
			t.transition(ev, st)
		}
	case trace.EventRangeBegin, trace.EventRangeActive:
		r := ev.Range()
		if k, reason := ofRange(r.Name); k != "" {
			t.ranges[rangeOf{r.Name, r.Scope}] = &wait{k, ev.Time(), t.stack(ev.Stack()), reason}
		}
	case trace.EventRangeEnd:
		r := ev.Range()
		at := rangeOf{r.Name, r.Scope}
		if w := t.ranges[at]; w != nil {
			t.end(w, ev.Time())
			delete(t.ranges, at)
		}
	}
}

// ofRange tells what a range of time is measured as, if it is.
func ofRange(name string) (k kind, reason string) {
	if reason, ok := strings.CutPrefix(name, "stop-the-world"); ok {
		return stopped, strings.Trim(reason, " ()")
	}
	if name == "GC mark assist" {
		return assist, ""
	}
	return "", ""
}

// transition follows what a goroutine does.
func (t *tracer) transition(ev trace.Event, st trace.StateTransition) {
	id := st.Resource.Goroutine()
	from, to := st.Goroutine()
	open := t.waits[id]
	if from == to { // told again at the beginning of a generation
		if open != nil && open.stack < 0 {
			open.stack = t.stack(st.Stack)
		}
		return
	}
	if open != nil {
		t.end(open, ev.Time())
		delete(t.waits, id)
	}
	if from == trace.GoNotExist && to != trace.GoUndetermined {
		t.sums[sumOf{started, t.stack(ev.Stack()), ""}]++
	}
	switch to {
	case trace.GoSyscall:
		t.waits[id] = &wait{kernel, ev.Time(), t.stack(st.Stack), ""}
	case trace.GoWaiting:
		if k := ofReason(st.Reason); k != "" {
			t.waits[id] = &wait{k, ev.Time(), t.stack(st.Stack), st.Reason}
		}
	}
}

// ofReason tells what a wait is measured as. The reasons are those of
// traceBlockReasonStrings in runtime/traceruntime.go.
func ofReason(reason string) kind {
	switch {
	case strings.HasPrefix(reason, "GC "), reason == "preempted", reason == "system goroutine wait", reason == "wait for debug call":
		return "" // no code of the program's decides that, or a range of time holds it too
	}
	return blocked
}

func (t *tracer) end(w *wait, at trace.Time) {
	t.sums[sumOf{w.kind, w.stack, w.reason}] += int64(at.Sub(w.since))
}

// stack returns the number of a stack, -1 if it is unknown.
func (t *tracer) stack(s trace.Stack) int {
	if s == trace.NoStack {
		return -1
	}
	if n, ok := t.stacks[s]; ok {
		return n
	}
	var list []*profile.Location
	var key strings.Builder
	for f := range s.Frames() {
		loc := t.table.Location(f.Func, f.File, int64(f.Line))
		list = append(list, loc)
		fmt.Fprintf(&key, "%d ", loc.ID)
	}
	n, ok := t.byFrames[key.String()]
	if !ok {
		n = len(t.lists)
		t.lists = append(t.lists, list)
		t.byFrames[key.String()] = n
	}
	t.stacks[s] = n
	return n
}

// finish ends what still goes on and returns what was added up. What happened on
// an unknown stack is no part of any whole.
func (t *tracer) finish() (*source, error) {
	for _, w := range t.waits {
		t.end(w, t.last)
	}
	for _, w := range t.ranges {
		t.end(w, t.last)
	}
	duration := t.last.Sub(t.first).Seconds()
	if len(t.lists) == 0 || duration <= 0 {
		return nil, errors.New("it is an execution trace without a stack")
	}
	of := make(map[kind]*meter)
	for _, k := range []kind{blocked, kernel, assist, stopped, started} {
		of[k] = &meter{source: t.source, kind: k, duration: duration}
		t.meters = append(t.meters, of[k])
	}
	for _, s := range slices.SortedFunc(maps.Keys(t.sums), compareSums) {
		value := float64(t.sums[s])
		if s.kind != started {
			value /= float64(time.Second)
		}
		if s.stack >= 0 && value > 0 {
			of[s.kind].count(sample{value, t.lists[s.stack], s.reason})
		}
	}
	t.mains = symbol.Mains(t.raw)
	return t.source, nil
}
