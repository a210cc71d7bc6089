package trace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	xtrace "golang.org/x/exp/trace"
)

// TestUnreadable is given what is no trace that can be read.
func TestUnreadable(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"empty", "", "empty"},
		{"text", "an execution trace, or is it?", "not an execution trace"},
		{"short", "go 1", "not an execution trace"},
		{"old", "go 1.21 trace\x00\x00\x00 and more", "Go 1.21"},
		{"new", "go 1.99 trace\x00\x00\x00 and more", "Go 1.99"},
		{"header alone", "go 1.26 trace\x00\x00\x00", "no events"},
		{"cut header", "go 1.26 trace\x00", ""},
		{"zeros", "go 1.26 trace\x00\x00\x00" + strings.Repeat("\x00", 100), "nothing in it can be read"},
		{"spill", "go 1.25 trace\x00\x00\x00" + strings.Repeat("\x01", 100), "nothing in it can be read"},
	}
	for _, test := range tests {
		r, err := Analyze(context.Background(), strings.NewReader(test.data), Options{})
		if err == nil || r != nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestFailingReader passes on what a reader fails with.
func TestFailingReader(t *testing.T) {
	gone := errors.New("the disk is gone")
	if _, err := Analyze(context.Background(), iotest.ErrReader(gone), Options{}); !errors.Is(err, gone) {
		t.Error(err)
	}
	data := record(t, nested)
	r := io.MultiReader(bytes.NewReader(data[:len(data)/2]), iotest.ErrReader(gone))
	if _, err := Analyze(context.Background(), r, Options{}); err == nil || !strings.Contains(err.Error(), gone.Error()) {
		t.Error(err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if r, err := Analyze(ctx, bytes.NewReader(record(t, nested)), Options{}); !errors.Is(err, context.Canceled) || r != nil {
		t.Errorf("%v, %v", r, err)
	}
}

func TestTooManyFunctions(t *testing.T) {
	if _, err := Analyze(context.Background(), strings.NewReader(""), Options{Functions: make([]string, 1<<16)}); err == nil {
		t.Error("no error")
	}
}

// TestStacks holds the stacks of events against what the library says of each.
func TestStacks(t *testing.T) {
	traces := goldens(t)
	for name, work := range workloads(t) {
		traces[name] = record(t, work)
	}
	for name, data := range traces {
		tables := newTables(nil)
		r, err := newReader(bytes.NewReader(data), tables)
		if err != nil {
			t.Fatal(err)
		}
		seen := compareStacks(t, name, r, rawEvents(t, data))
		if seen == 0 {
			t.Errorf("%s: no event has a stack", name)
		}
	}
}

// compareStacks returns how many events have a stack.
func compareStacks(t *testing.T, name string, r *reader, events []xtrace.Event) (seen int) {
	t.Helper()
	type pair struct {
		is     xtrace.Stack
		number stack
	}
	same := make(map[pair]bool)
	compare := func(is xtrace.Stack, n stack) bool {
		p := pair{is, n}
		if !same[p] {
			same[p] = slices.Equal(r.tables.of(n), framesOf(is))
		}
		return same[p]
	}
	batch := make([]event, 1)
	for i := range events {
		is := &events[i]
		if _, err := r.read(batch); err != nil {
			t.Fatalf("%s: event %d: %v", name, i, err)
		}
		ev := &batch[0]
		at, own := is.Stack(), xtrace.NoStack
		if is.Kind() == xtrace.EventStateTransition {
			st := is.StateTransition()
			if st.Resource.Kind != xtrace.ResourceGoroutine {
				at = xtrace.NoStack
			}
			if own = st.Stack; at == own && ev.g != ev.id {
				at = xtrace.NoStack
			}
		}
		if !compare(at, ev.stack) || !compare(own, ev.own) {
			t.Fatalf("%s: event %d, %v: %v and %v", name, i, is, r.tables.of(ev.stack), r.tables.of(ev.own))
		}
		if ev.stack != 0 || ev.own != 0 {
			seen++
		}
	}
	return seen
}

func framesOf(s xtrace.Stack) []Frame {
	var list []Frame
	for f := range s.Frames() {
		list = append(list, Frame{f.Func, f.File, int(f.Line)})
	}
	return list
}

func rawEvents(t *testing.T, data []byte) []xtrace.Event {
	t.Helper()
	r, err := xtrace.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var list []xtrace.Event
	for {
		ev, err := r.ReadEvent()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, ev)
	}
}

// TestTruncated cuts a trace of two generations off at places all over it: either it
// is said to be cut, or nothing of it can be read.
func TestTruncated(t *testing.T) {
	for _, data := range goldens(t) {
		whole := analyze(t, data, Options{})
		if whole.Trace.Cut != "" || problem(whole, "truncated") != nil {
			t.Fatalf("it is cut: %s", whole.Trace.Cut)
		}
		for n := 0; n < len(data); n += 1 + len(data)/40 {
			r, err := Analyze(context.Background(), bytes.NewReader(data[:n]), Options{})
			switch {
			case err != nil:
			case r.Trace.Events < whole.Trace.Events && r.Trace.Cut != "" && problem(r, "truncated") != nil:
				verify(t, r)
			case spills(whole): // no mark at the end of what it wrote tells that more followed
				verify(t, r)
			case r.Trace.Events != whole.Trace.Events:
				t.Errorf("%d of %d bytes: %d of %d events, and nothing is said", n, len(data), r.Trace.Events, whole.Trace.Events)
			}
		}
	}
}

// spills reports whether a trace has no marks at the ends of generations.
func spills(r *Report) bool { return r.Trace.Go < "go1.26" }

// TestGarbled changes bytes of a trace: whatever comes of it, it is no panic, and what
// is reported adds up.
func TestGarbled(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for _, data := range goldens(t) {
		for range 25 {
			garbled := bytes.Clone(data)
			for range 1 + random.IntN(4) {
				garbled[headerLength+random.IntN(len(garbled)-headerLength)] ^= byte(1 + random.IntN(255))
			}
			r, err := Analyze(context.Background(), bytes.NewReader(garbled), Options{})
			if err == nil {
				verify(t, r)
			} else if r != nil {
				t.Errorf("a report, and %v", err)
			}
		}
	}
}

// TestPanic has the library's reader panic.
func TestPanic(t *testing.T) {
	err := func() (err error) {
		defer guard(&err)
		panic("index out of range")
	}()
	if err == nil || !strings.Contains(err.Error(), "index out of range") {
		t.Error(err)
	}
}

func TestBrief(t *testing.T) {
	for in, want := range map[string]string{
		"broken trace: failed to advance: frontier:\n[gen=1]\n": "broken trace: failed to advance: frontier",
		"short": "short",
	} {
		if got := brief(errors.New(in)).Error(); got != want {
			t.Errorf("%q", got)
		}
	}
}

// FuzzAnalyze gives it bytes.
func FuzzAnalyze(f *testing.F) {
	for _, data := range goldens(f) {
		f.Add(data)
	}
	f.Add([]byte("go 1.26 trace\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Analyze(context.Background(), bytes.NewReader(data), Options{Functions: []string{"main.critical"}})
		if err == nil {
			verify(t, r)
		}
	})
}

// FuzzEvents gives the engine events, each of a few bytes: what comes of any order of
// them must add up.
func FuzzEvents(f *testing.F) {
	random := rand.New(rand.NewPCG(3, 3))
	for n := range 20 {
		data := make([]byte, 100*(n+1))
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newScript(t, Options{Functions: []string{"main.f"}, Kernel: []Sample{sample(0, 0, 1, 0), sample(30, 10, 1, 10), sample(60, 30, 2, 10), sample(900, 200, 1, 90)}})
		s.random(data)
		e := newEngine(s.options, s.tables)
		if err := e.run(context.Background(), s); err != nil {
			return
		}
		verify(t, e.report())
	})
}

// random makes events of bytes.
func (s *script) random(data []byte) {
	reasons := []string{"", "sync", "sleep", "network", "chan receive", "GC mark assist", "GC incremental sweep", "stop-the-world (x)", "r", "what?"}
	stacks := []stack{
		0, s.stack("sync.(*Mutex).Lock", "main.f"), s.stack("main.g", "main.h"), s.stack(reading...), s.stack(finishing...), s.stack(serving("main.f")...),
		s.stack("net/http.(*http2serverConn).runHandler"), s.stack("internal/poll.(*FD).Close"),
	}
	at := int64(0)
	for ; len(data) >= 8; data = data[8:] {
		at += int64(int8(data[0])) + 30 // now and then backwards
		ev := event{
			kind: eventKind(data[1] % uint8(eventKinds)), scope: scope(data[2] % scopes), from: state(data[3] % states), to: state(data[3] / 16 % states),
			id: int64(data[4] % 6), name: s.tables.name(reasons[int(data[5])%len(reasons)]),
			stack: stacks[int(data[6])%len(stacks)], own: stacks[int(data[6]/16)%len(stacks)],
		}
		s.add(at, int64(data[7]%7)-1, ev)
		s.events[len(s.events)-1].p = int64(data[7] / 64)
	}
}

// TestRandomEvents goes through many orders of events.
func TestRandomEvents(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	for n := range 300 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			data := make([]byte, 8*(1+random.IntN(400)))
			for i := range data {
				data[i] = byte(random.Uint32())
			}
			s := newScript(t, Options{Functions: []string{"main.f"}, Kernel: []Sample{sample(0, 0, 1, 0), sample(3000, 100, 1, 10), sample(9000, 3000, 2, 10)}})
			s.random(data)
			e := newEngine(s.options, s.tables)
			if err := e.run(t.Context(), s); err == nil {
				verify(t, e.report())
			}
		})
	}
}

// goldens are the traces of testdata.
func goldens(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	traces := make(map[string][]byte)
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".trace.gz"); ok {
			traces[name] = unzip(t, "testdata/"+f.Name())
		}
	}
	if len(traces) == 0 {
		t.Fatal("no traces in testdata")
	}
	return traces
}
