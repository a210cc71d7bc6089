package runtimecheck

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/trace"
	"strings"

	xtrace "golang.org/x/exp/trace"
)

// NoBlock fails t if a call of f waits, enters the kernel or stops the world, and
// says where: it runs f under the execution tracer and looks at what became of
// its goroutine.
//
// Helping the garbage collector and being preempted do not count: no code of f's
// decides that. Nor do page faults and the scheduler's own delays, which the
// tracer does not see. Goroutines that f starts may wait.
//
// The execution tracer must be off: the test cannot run under go test -trace.
func NoBlock(t TB, f func()) {
	t.Helper()
	f()
	waits, err := record(f)
	if err != nil {
		t.Fatalf("could not see whether it waits: %v", err)
		return
	}
	for _, w := range waits {
		t.Errorf("%s", w)
	}
}

// region marks the call of f in the trace.
const region = "lagvet nonblocking"

// record calls f under the tracer and describes each wait.
func record(f func()) ([]string, error) {
	var buf bytes.Buffer
	if err := trace.Start(&buf); err != nil {
		return nil, fmt.Errorf("starting the execution tracer: %w", err)
	}
	func() {
		defer trace.Stop() // even if f ends the test
		defer trace.StartRegion(context.Background(), region).End()
		f()
	}()
	return waits(&buf)
}

// waits describes each wait of the goroutine in whose region it happened.
func waits(r io.Reader) ([]string, error) {
	events, err := xtrace.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("reading the execution trace: %w", err)
	}
	var found []string
	in, seen := xtrace.NoGoroutine, false
	for {
		ev, err := events.ReadEvent()
		switch {
		case errors.Is(err, io.EOF) && !seen:
			return nil, errors.New("reading the execution trace: it does not hold the call")
		case errors.Is(err, io.EOF):
			return found, nil
		case err != nil:
			return nil, fmt.Errorf("reading the execution trace: %w", err)
		}
		switch ev.Kind() {
		case xtrace.EventRegionBegin:
			if ev.Region().Type == region {
				in, seen = ev.Goroutine(), true
			}
		case xtrace.EventRegionEnd:
			if ev.Region().Type == region {
				in = xtrace.NoGoroutine
			}
		}
		if w := wait(ev, in); w != "" {
			found = append(found, w)
		}
	}
}

// wait describes an event that stops the code of a goroutine; any other it
// answers with "".
func wait(ev xtrace.Event, g xtrace.GoID) string {
	switch ev.Kind() {
	case xtrace.EventStateTransition:
		st := ev.StateTransition()
		if st.Resource != xtrace.MakeResourceID(g) {
			return ""
		}
		switch _, to := st.Goroutine(); {
		case to == xtrace.GoSyscall:
			return "entered the kernel" + place(st.Stack)
		case to == xtrace.GoWaiting && !imposed(st):
			return "waited (" + st.Reason + ")" + place(st.Stack)
		}
	case xtrace.EventRangeBegin:
		// The collector's own phases begin on the goroutine that happens to
		// allocate then.
		if r := ev.Range(); ev.Goroutine() == g && strings.HasPrefix(r.Name, "stop-the-world") && !strings.Contains(r.Name, "(GC ") {
			return "stopped the world: " + r.Name + place(ev.Stack())
		}
	}
	return ""
}

// imposed reports whether the runtime makes a goroutine wait that only
// allocates, or does nothing for it. The reasons are those of
// traceBlockReasonStrings in runtime/traceruntime.go; "wait until GC ends" is not
// one of them, for only runtime.GC waits so. Who allocates when a collection is
// due waits for its start ("sync"), below mallocgc.
func imposed(st xtrace.StateTransition) bool {
	if strings.HasPrefix(st.Reason, "GC ") || st.Reason == "preempted" {
		return true
	}
	for f := range st.Stack.Frames() {
		if f.Func == "runtime.mallocgc" {
			return true
		}
	}
	return false
}

func place(s xtrace.Stack) string {
	var frames []frame
	for f := range s.Frames() {
		frames = append(frames, frame{f.Func, f.File, int(f.Line)})
	}
	return show(frames)
}
