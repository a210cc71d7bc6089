package tracereport

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/lagvet/lagvet/runtimecheck/trace"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds what is written against a file of testdata.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != string(got) {
		t.Errorf("%s is not what is written (%v): run with -update, and read the difference\n%s", path, err, got)
	}
}

// written returns what a printer writes.
func written[T any](t *testing.T, of T, print func(io.Writer, T) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := print(&b, of); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func plainText(w io.Writer, r *Report) error { return Text(w, r, false) }

func TestText(t *testing.T) {
	golden(t, "report.txt", written(t, sample(), plainText))
}

// Colour changes nothing but colours.
func TestColor(t *testing.T) {
	colored := string(written(t, sample(), func(w io.Writer, r *Report) error { return Text(w, r, true) }))
	for _, style := range []string{bold, faint, red, green, yellow, "0"} {
		if !strings.Contains(colored, "\x1b["+style+"m") {
			t.Errorf("nothing is in style %s", style)
		}
		colored = strings.ReplaceAll(colored, "\x1b["+style+"m", "")
	}
	if colored != string(written(t, sample(), plainText)) {
		t.Errorf("without its colours the text is another:\n%s", colored)
	}
}

// What the names of a program hold is obeyed by no terminal, and breaks no line.
func TestHostileText(t *testing.T) {
	out := string(written(t, evil(), plainText))
	for _, r := range out {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("the text has %q in it:\n%s", r, out)
		}
	}
	if !strings.Contains(out, `größer 𝛼`) || !strings.Contains(out, `\x1b[31m`) {
		t.Errorf("names are not told as they are:\n%s", out)
	}
	if got, want := strings.Count(out, "\n"), strings.Count(string(written(t, sample(), plainText)), "\n"); got > want+2 {
		t.Errorf("%d lines, and %d without hostile names", got, want)
	}
}

func TestTop(t *testing.T) {
	r := sample()
	r.Top = 1
	for _, print := range []func(io.Writer, *Report) error{plainText, Markdown} {
		out := string(written(t, r, print))
		if strings.Contains(out, "orders") || !strings.Contains(out, "2 more groups not shown") {
			t.Errorf("not one group of three:\n%s", out)
		}
	}
}

// A percentile of nothing is told of nothing.
func TestSentence(t *testing.T) {
	part := func(c trace.Component) []trace.Part {
		return []trace.Part{{Component: c, Time: 9 * ms}, {Component: trace.Running, Time: ms}}
	}
	of := func(s trace.Slice) trace.Group {
		s.Latency, s.Time, s.Count = 10*ms, 10*ms, 1
		return trace.Group{Slices: []trace.Slice{s}}
	}
	main := []trace.Frame{frame("main.f", "/x/f.go", 3)}
	tests := []struct {
		name  string
		group trace.Group
		want  string
	}{
		{"no span", trace.Group{}, "no whole span, so nothing was measured"},
		{"open spans", trace.Group{OpenStart: 1, OpenEnd: 2}, "no whole span, so nothing was measured: 1 span began before the trace and 2 spans went on when it ended"},
		{"one at the end", trace.Group{OpenEnd: 1}, "no whole span, so nothing was measured: 1 span went on when it ended"},
		{"no causes", of(trace.Slice{Name: "max", Parts: part(trace.Assist)}), "max 10 ms; 90 % of max is helping the collector"},
		{"no P99", of(trace.Slice{Name: "P50", Parts: part(trace.Sleep)}), "P50 10 ms; 90 % of P50 is sleeping"},
		{"no stack", of(trace.Slice{Name: "P99", Causes: []trace.Cause{{Component: trace.Scheduler, Time: 9 * ms}}}), "P99 10 ms; 90 % of P99 is waiting for its turn to run"},
		{"a stop", of(trace.Slice{Name: "P99", Causes: []trace.Cause{{Component: trace.StopTheWorld, Time: 9 * ms, Stack: main}}}), "P99 10 ms; 90 % of P99 is stopped with the world by main.f f.go:3"},
		{"asleep", of(trace.Slice{Name: "P99", Causes: []trace.Cause{{Component: trace.Sleep, Time: 9 * ms, Stack: main, External: "timer"}}}), "P99 10 ms; 90 % of P99 is sleeping in main.f f.go:3"},
		{"a timer", of(trace.Slice{Name: "P99", Causes: []trace.Cause{{Component: trace.Select, Time: 9 * ms, Stack: main, External: "timer"}}}), "P99 10 ms; 90 % of P99 is waiting in a select in main.f f.go:3, until a timer ended it"},
		{"a stranger", of(trace.Slice{Name: "P99", Causes: []trace.Cause{{Component: trace.Sync, Time: 9 * ms, External: "unknown"}}}), "P99 10 ms; 90 % of P99 is waiting for other goroutines, and what ended it is not told by the trace"},
		{"a goroutine by its role", of(trace.Slice{Name: "P99", Causes: []trace.Cause{{Component: trace.Channel, Time: 9 * ms, Stack: main, Behind: []trace.Cause{{Component: trace.Running, Time: 8 * ms, Role: "a/b.worker"}}}}}),
			"P99 10 ms; 90 % of P99 is waiting for a channel in main.f f.go:3, while b.worker, which ended it, was running"},
		{"a nameless holder", of(trace.Slice{Name: "P99", Causes: []trace.Cause{{Component: trace.Lock, Time: 9 * ms, Behind: []trace.Cause{{Component: trace.Running, Time: 8 * ms}}}}}),
			"P99 10 ms; 90 % of P99 is waiting for a lock, whose holder was running"},
		{"a nameless other", of(trace.Slice{Name: "P99", Causes: []trace.Cause{{Component: trace.Sync, Time: 9 * ms, Behind: []trace.Cause{{Component: trace.Running, Time: 8 * ms}}}}}),
			"P99 10 ms; 90 % of P99 is waiting for other goroutines, while the goroutine that ended it was running"},
		{"little behind", of(trace.Slice{Name: "P99", Causes: []trace.Cause{{Component: trace.Lock, Time: 9 * ms, Behind: []trace.Cause{{Component: trace.Running, Time: 4 * ms}}}}}),
			"P99 10 ms; 90 % of P99 is waiting for a lock"},
		{"a chain", of(trace.Slice{Name: "P99", Causes: []trace.Cause{{Component: trace.Lock, Time: 9 * ms, Behind: []trace.Cause{{Component: trace.Lock, Time: 9 * ms, Stack: main, Behind: []trace.Cause{
			{Component: trace.Lock, Time: 8 * ms, Stack: main, Behind: []trace.Cause{{Component: trace.Running, Time: 8 * ms}}}}}}}}}),
			"P99 10 ms; 90 % of P99 is waiting for a lock, whose holder main.f was waiting for a lock at f.go:3, whose holder main.f was waiting for a lock at f.go:3"},
		{"the kernel", of(trace.Slice{Name: "P99", Parts: part(trace.Syscall), Kernel: []trace.Part{{Component: trace.Throttled, Time: 5200 * time.Microsecond}, {Component: trace.RunQueue, Time: 10 * time.Microsecond}}}),
			"P99 10 ms; 90 % of P99 is in a system call; 52 % of P99 overlaps CPU throttling"},
		{"mostly the kernel", of(trace.Slice{Name: "P99", Parts: part(trace.Running), Kernel: []trace.Part{{Component: trace.Throttled, Time: 9500 * time.Microsecond}, {Component: trace.RunQueue, Time: ms}}}),
			"P99 10 ms; 95 % of P99 overlaps CPU throttling; 90 % of P99 is running; 10 % of P99 overlaps waiting for a CPU in the kernel's queue"},
		{"nothing", of(trace.Slice{Name: "P99"}), "P99 10 ms; nothing is known of it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := new(Report).Sentence(&tt.group); got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
		})
	}
}

// The trace may know components that this package does not: none is left out.
func TestUnknownComponent(t *testing.T) {
	g := request()
	g.Slices[0].Parts = append(g.Slices[0].Parts, trace.Part{Component: "new-one", Time: ms})
	rows := tableOf(&g)
	if got := rows[len(rows)-2].label; got != "new-one" {
		t.Errorf("the last row but the kernel's is of %q", got)
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ns", 1: "1 ns", 999: "999 ns", 1000: "1 µs", 1234: "1.23 µs", 999_499: "999 µs", 999_600: "1 ms", 12_340_000: "12.3 ms",
		999_900_000: "1 s", 48 * ms: "48 ms", 99_960_000: "100 ms", 120 * time.Second: "120 s", 3 * time.Hour: "10800 s", -ms: "−1 ms",
	} {
		if got := duration(d); got != want {
			t.Errorf("%d ns: %s, want %s", d, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1 000", 1234567: "1 234 567", -1000: "-1 000"} {
		if got := number(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestPlaceOf(t *testing.T) {
	tests := []struct {
		name      string
		stack     []trace.Frame
		want      string
		calls, at string
		ours      bool
	}{
		{"none", nil, "", "", "", false},
		{"of the program", waiting(), "example.com/app/store.(*Store).Put", "sync.(*Mutex).Lock", "store.go:120", true},
		{"innermost", waiting()[2:], "example.com/app/store.(*Store).Put", "", "store.go:120", true},
		{"of the library", []trace.Frame{frame("runtime.gopark", "/r/proc.go", 1), frame("internal/poll.(*FD).Read", "/p/fd.go", 2), frame("net.(*conn).Read", "/n/net.go", 3)}, "net.(*conn).Read", "poll.(*FD).Read", "net.go:3", false},
		{"of the runtime only", []trace.Frame{frame("runtime.gopark", "/r/proc.go", 1)}, "runtime.gopark", "", "proc.go:1", false},
		{"vendored by the library", []trace.Frame{frame("vendor/golang.org/x/net/http2.f", "/v/f.go", 1), frame("main.g", "/m/g.go", 2)}, "main.g", "http2.f", "g.go:2", true},
		{"of the Go project", []trace.Frame{frame("golang.org/x/sys/unix.Read", "/u/u.go", 1), frame("main.g", "/m/g.go", 2)}, "main.g", "unix.Read", "g.go:2", true},
		{"wrappers are skipped", []trace.Frame{frame("main.f-fm", "<autogenerated>", 1), frame("main.g", "/m/g.go", 2)}, "main.g", "main.f-fm", "g.go:2", true},
	}
	for _, tt := range tests {
		p, ok := placeOf(tt.stack)
		if ok != (tt.stack != nil) || p.Function != tt.want || p.calls != tt.calls || short(p.Frame) != tt.at || p.ours != tt.ours {
			t.Errorf("%s: %+v, %v", tt.name, p, ok)
		}
	}
}

func TestAt(t *testing.T) {
	r := &Report{Dir: "/src/app"}
	for file, want := range map[string]string{
		"/src/app/store/store.go": "store/store.go:7", "/src/other/x.go": "other/x.go:7", "x.go": "x.go:7", "": "", "/x.go": "x.go:7", "example.com/app@v1/x.go": "app@v1/x.go:7",
	} {
		if got := r.at(trace.Frame{File: file, Line: 7}); got != want {
			t.Errorf("%q: %q, want %q", file, got, want)
		}
	}
}

// A finding stands for the outermost cause that it is at, once.
func TestBlames(t *testing.T) {
	r := sample()
	s := Tail(&r.Groups[0])
	lock := s.Causes[0]
	if got := r.Blames(s.Causes); len(got) != 1 || got[0] != (Blame{0, lock.Behind[0].Time}) {
		t.Errorf("%v, want the time of what is behind the lock: %v", got, lock.Behind[0].Time)
	}
	r.Shown[PlaceOf(trace.Lock, waiting())] = []int{0}
	if got := r.Blames(s.Causes); len(got) != 1 || got[0].Time != lock.Time {
		t.Errorf("%v, want the time of the lock once: %v", got, lock.Time)
	}
	r.Shown[PlaceOf(trace.Running, encoding())] = []int{1}
	if got := r.Blames(s.Causes); len(got) != 2 || got[1] != (Blame{1, s.Causes[1].Time}) {
		t.Errorf("%v, want the shorter one behind the longer", got)
	}
}

func TestPlaceOfIsUnique(t *testing.T) {
	a := PlaceOf(trace.Lock, []trace.Frame{frame("f", "g", 1), frame("h", "i", 2)})
	for _, b := range []string{
		PlaceOf(trace.Sync, []trace.Frame{frame("f", "g", 1), frame("h", "i", 2)}), PlaceOf(trace.Lock, []trace.Frame{frame("f", "g", 1)}),
		PlaceOf(trace.Lock, []trace.Frame{frame("f", "g", 1), frame("h", "i", 3)}), PlaceOf(trace.Lock, []trace.Frame{frame("f", "g", 129), frame("h", "i", 2)}),
	} {
		if a == b {
			t.Errorf("two places are one: %q", a)
		}
	}
}
