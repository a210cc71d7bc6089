package evidence

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/trace"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

// busy does what traces know of.
func busy(dir string) {
	ch := make(chan int)
	go waiter(ch)
	parked("waiter")
	ch <- 1
	time.Sleep(5 * time.Millisecond)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	for range 20 {
		readDir(dir)
	}
}

func waiter(ch chan int) { <-ch }

// parked waits until a goroutine receives in a function of this package.
func parked(function string) {
	receiving := regexp.MustCompile(`\[chan receive[^\n]*\n[^\n]*/evidence\.` + function + `\(`)
	text := make([]byte, 1<<16)
	for !receiving.Match(text[:runtime.Stack(text, true)]) {
		runtime.Gosched()
	}
}

func readDir(dir string) { _, _ = os.ReadDir(dir) }

// traced returns a trace of busy.
func traced(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	busy(t.TempDir())
	trace.Stop()
	return b.Bytes()
}

// through returns what a kind is measured to be on stacks through a function, and
// the reasons.
func through(s *source, k kind, function string) (sum float64, reasons []string) {
	for _, m := range s.meters {
		for _, sample := range m.samples {
			if m.kind == k && slices.ContainsFunc(sample.stack, func(l *profile.Location) bool { return strings.HasSuffix(l.Line[0].Function.Name, "."+function) }) {
				sum += sample.value
				if sample.reason != "" && !slices.Contains(reasons, sample.reason) {
					reasons = append(reasons, sample.reason)
				}
			}
		}
	}
	return sum, reasons
}

// assertBusy asserts what busy is known to do at least: it sleeps for so long, and
// starts one goroutine.
func assertBusy(t *testing.T, s *source) {
	t.Helper()
	if sum, reasons := through(s, blocked, "busy"); sum < 0.004 || !slices.Contains(reasons, "sleep") {
		t.Errorf("busy is blocked for %v s (%q)", sum, reasons)
	}
	if sum, reasons := through(s, blocked, "waiter"); sum <= 0 || !slices.Equal(reasons, []string{"chan receive"}) {
		t.Errorf("its goroutine is blocked for %v s (%q)", sum, reasons)
	}
	if sum, reasons := through(s, stopped, "busy"); sum <= 0 || !slices.Contains(reasons, "read mem stats") {
		t.Errorf("the world is stopped for %v s (%q)", sum, reasons)
	}
	if sum, _ := through(s, kernel, "readDir"); sum <= 0 {
		t.Errorf("%v s in system calls", sum)
	}
	if sum, _ := through(s, started, "busy"); sum != 1 {
		t.Errorf("%v goroutines are started", sum)
	}
	for _, m := range s.meters {
		if sum, reasons := through(s, m.kind, "bgsweep"); sum > 0 && m.kind.waits() {
			t.Errorf("the runtime's own waiting counts: %s, %v s (%q)", m.kind, sum, reasons)
		}
	}
}

func TestTrace(t *testing.T) {
	s, err := read("trace.out", bytes.NewReader(traced(t)))
	if err != nil {
		t.Fatal(err)
	}
	assertBusy(t, s)
	var total float64
	for _, m := range s.meters {
		if m.kind == blocked {
			total = m.total
			if m.duration <= 0 || m.duration > 60 {
				t.Errorf("it took %v s", m.duration)
			}
		}
	}
	if sum, _ := through(s, blocked, "busy"); sum > total {
		t.Errorf("%v s of %v s", sum, total)
	}
}

func TestFlightRecorder(t *testing.T) {
	r := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: time.Minute})
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	defer r.Stop()
	busy(t.TempDir())
	var b bytes.Buffer
	if _, err := r.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	s, err := read("trace.out", &b)
	if err != nil {
		t.Fatal(err)
	}
	assertBusy(t, s)
}

// A trace gives the same figures each time that it is read, to the last digit,
// though many waits go on when it ends.
func TestTraceIsReadTheSame(t *testing.T) {
	ch := make(chan int)
	defer close(ch)
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		go waiter(ch)
		runtime.Gosched()
	}
	parked("waiter")
	trace.Stop()
	data := b.Bytes()
	figures := func() (fs []float64) {
		s, err := read("trace.out", bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range s.meters {
			fs = append(fs, m.total)
			for _, sample := range m.samples {
				fs = append(fs, sample.value)
			}
		}
		return fs
	}
	first := figures()
	for range 50 {
		if again := figures(); !slices.Equal(again, first) {
			t.Fatalf("%v, and then %v", first, again)
		}
	}
}

// A wait that goes on when the trace ends counts up to there.
func TestWaitThatGoesOn(t *testing.T) {
	ch := make(chan int)
	defer close(ch)
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	go waiter(ch)
	parked("waiter")
	time.Sleep(3 * time.Millisecond)
	trace.Stop()
	s, err := read("trace.out", &b)
	if err != nil {
		t.Fatal(err)
	}
	if sum, reasons := through(s, blocked, "waiter"); sum <= 0.001 || !slices.Equal(reasons, []string{"chan receive"}) {
		t.Errorf("blocked for %v s (%q)", sum, reasons)
	}
}

func TestReasons(t *testing.T) {
	for reason, want := range map[string]kind{
		"chan receive": blocked, "network": blocked, "sync": blocked, "sleep": blocked, "forever": blocked,
		"GC mark assist wait for work": "", "GC background sweeper wait": "", "preempted": "", "system goroutine wait": "",
	} {
		if got := ofReason(reason); got != want {
			t.Errorf("%s is %q, want %q", reason, got, want)
		}
	}
	for name, want := range map[string][2]string{
		"stop-the-world (read mem stats)": {string(stopped), "read mem stats"},
		"GC mark assist":                  {string(assist), ""},
		"GC concurrent mark phase":        {"", ""},
	} {
		if k, reason := ofRange(name); k != kind(want[0]) || reason != want[1] {
			t.Errorf("%s is %q (%s)", name, k, reason)
		}
	}
}

// FuzzRead holds readers to an error for what is no evidence, and what they read to
// being joined.
func FuzzRead(f *testing.F) {
	var small bytes.Buffer // the engine takes its time with large ones
	if err := trace.Start(&small); err != nil {
		f.Fatal(err)
	}
	trace.Stop()
	f.Add(small.Bytes())
	for _, types := range [][]string{cpuTypes, delayTypes, goroutineTypes} {
		var b bytes.Buffer
		raw := made(f, types, stack{make([]int64, len(types)), "sync.(*Mutex).Unlock:65+64< github.com/lagvet/lagvet.F.func1:2+1"})
		if err := raw.WriteUncompressed(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte("go 1.26 trace\x00\x00\x00"))
	f.Add([]byte("heap profile: 1: 1 [1: 1] @ heap/1\n"))
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module github.com/lagvet/lagvet\n"), 0o666); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := read("x", bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, m := range s.meters {
			for _, sample := range m.samples {
				if share := m.share(sample.value); !(share >= 0 && share <= 1) {
					t.Errorf("%s: a share of %v", m.kind, share)
				}
			}
		}
		(&Set{sources: []*source{s}}).Join(t.Context(), Program{Modules: []Module{{"github.com/lagvet/lagvet", dir}}})
	})
}
