package recorder

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	rtrace "runtime/trace"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/trace"
	"github.com/lagvet/lagvet/runtimecheck/trace/sampler"
)

// start starts a recorder that stops with the test.
func start(t *testing.T, o Options) *Recorder {
	t.Helper()
	r, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// A request is in the snapshot, and samples cover it.
func TestSnapshot(t *testing.T) {
	r := start(t, Options{Interval: sampler.Shortest})
	rtrace.WithRegion(t.Context(), "request", func() { time.Sleep(20 * time.Millisecond) })
	var out, samples bytes.Buffer
	err := r.Snapshot(t.Context(), &out, &samples)
	if runtime.GOOS != "linux" {
		if !errors.Is(err, ErrUnsampled) || !errors.Is(r.Unsampled(), errors.ErrUnsupported) {
			t.Errorf("%v, %v", err, r.Unsampled())
		}
		return
	}
	if err != nil || r.Unsampled() != nil {
		t.Fatal(err, r.Unsampled())
	}
	log, err := sampler.Read(&samples)
	if err != nil || log.Cut != "" {
		t.Fatal(err, log)
	}
	report, err := trace.Analyze(t.Context(), &out, trace.Options{Kernel: log.Samples})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(report.Groups, func(g trace.Group) bool { return g.Name == "request" })
	if i < 0 || report.Groups[i].Count != 1 || len(report.Groups[i].Slowest) != 1 {
		t.Fatalf("%+v", report)
	}
	span := report.Groups[i].Slowest[0]
	if first, last := log.Samples[0].At, log.Samples[len(log.Samples)-1].At; first > span.Start || last < span.End {
		t.Errorf("samples from %v to %v, and the span from %v to %v", first, last, span.Start, span.End)
	}
}

func TestUnsampled(t *testing.T) {
	r := start(t, Options{Interval: -1})
	var out bytes.Buffer
	if err := r.Snapshot(t.Context(), &out, io.Discard); !errors.Is(err, ErrUnsampled) || out.Len() == 0 {
		t.Errorf("%v, and %d bytes", err, out.Len())
	}
	if err := r.Snapshot(t.Context(), io.Discard, nil); err != nil {
		t.Error(err)
	}
	if _, err := Start(Options{}); err == nil {
		t.Error("there are two flight recorders")
	}
}

// Who waits for another snapshot does as long as its context lasts.
func TestSnapshotWaits(t *testing.T) {
	r := start(t, Options{})
	blocked := &gate{entered: make(chan struct{}), open: make(chan struct{})}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := r.Snapshot(context.Background(), blocked, nil); err != nil {
			t.Error(err)
		}
	})
	<-blocked.entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Snapshot(ctx, io.Discard, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("beside another: %v", err)
	}
	close(blocked.open)
	wg.Wait()
}

// A gate is a writer that waits before its first byte.
type gate struct {
	once          sync.Once
	entered, open chan struct{}
}

func (g *gate) Write(b []byte) (int, error) {
	g.once.Do(func() { close(g.entered); <-g.open })
	return len(b), nil
}

// Of slow calls one is written in a cool-down, and only the newest are kept.
func TestSlow(t *testing.T) {
	dir := t.TempDir()
	wrote := make(chan Dump)
	r := start(t, Options{
		Slow: 50 * time.Millisecond, Dir: dir, CoolDown: time.Hour, Keep: 2,
		Wrote: func(d Dump) { wrote <- d },
	})
	var all []Dump
	for n := range 3 {
		r.Slow("fast", 49*time.Millisecond)
		r.Slow("GET /a", time.Duration(50+n)*time.Millisecond)
		r.Slow("GET /b", time.Second)
		r.Slow("GET /c", time.Second)
		d := <-wrote
		all = append(all, d)
		if d.Name != "GET /a" || d.Took != time.Duration(50+n)*time.Millisecond || d.Err != nil {
			t.Errorf("%+v", d)
		}
		if got := r.passed.Load(); got != 2 && d.Passed == 0 {
			t.Errorf("%d calls were passed over", got)
		}
		r.next.Store(0) // the hour is over
	}
	if r.Stop() != nil || r.Stop() != nil {
		t.Error("it cannot be stopped twice")
	}
	r.Slow("late", time.Hour)
	(*Recorder)(nil).Slow("without", time.Hour)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, d := range all[1:] {
		want = append(want, d.Trace)
		if d.Samples != "" {
			want = append(want, d.Samples)
		}
	}
	slices.Sort(want)
	if !slices.Equal(files, want) {
		t.Errorf("%q, want %q", files, want)
	}
	for _, d := range all[1:] {
		check(t, d)
	}
	if hidden, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(hidden) > 0 {
		t.Errorf("%q are left behind", hidden)
	}
}

// check reads what was written.
func check(t *testing.T, d Dump) {
	t.Helper()
	f, err := os.Open(d.Trace)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := trace.Analyze(t.Context(), f, trace.Options{}); err != nil {
		t.Error(err)
	}
	if runtime.GOOS != "linux" {
		return
	}
	samples, err := os.Open(d.Samples)
	if err != nil {
		t.Fatal(err)
	}
	defer samples.Close()
	if log, err := sampler.Read(samples); err != nil || log.Cut != "" || len(log.Samples) < 2 {
		t.Errorf("%+v, %v", log, err)
	}
}

// What cannot be written is told, and leaves nothing behind.
func TestSlowFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	wrote := make(chan Dump, 1)
	r := start(t, Options{Slow: 1, Dir: dir, Wrote: func(d Dump) { wrote <- d }})
	r.Slow("x", time.Second)
	if d := <-wrote; !errors.Is(d.Err, os.ErrNotExist) || d.Trace != "" || d.Samples != "" {
		t.Errorf("%+v", d)
	}
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"no directory":  {Slow: time.Second},
		"negative time": {Last: -1},
		"negative slow": {Slow: -1},
		"negative cool": {CoolDown: -1},
		"negative keep": {Keep: -1},
	} {
		if _, err := Start(o); err == nil {
			t.Errorf("%s: it starts", name)
		}
	}
}

func TestFileName(t *testing.T) {
	at := time.Date(2026, 1, 4, 18, 15, 2, 347e6, time.UTC)
	for call, want := range map[string]string{
		"GET /orders":            "20260104T181502.347Z-GET-orders-61ms.trace",
		"../../etc/passwd":       "20260104T181502.347Z-etc-passwd-61ms.trace",
		"":                       "20260104T181502.347Z--61ms.trace",
		"a\x00b\nc":              "20260104T181502.347Z-a-b-c-61ms.trace",
		strings.Repeat("x", 300): "20260104T181502.347Z-" + strings.Repeat("x", longestName) + "-61ms.trace",
	} {
		if got := fileName(call, 61234*time.Microsecond, at); got != want {
			t.Errorf("%q: %s, want %s", call, got, want)
		}
	}
	for took, want := range map[time.Duration]string{1234567890: "1.23s", 61234567: "61ms", 1234: "1µs"} {
		if got := round(took).String(); got != want {
			t.Errorf("%d: %s, want %s", took, got, want)
		}
	}
}

func FuzzFileName(f *testing.F) {
	f.Add("GET /orders/é")
	safe := regexp.MustCompile(`^[0-9]{8}T[0-9]{6}\.[0-9]{3}Z-[A-Za-z0-9_-]{0,60}-1s\.trace$`)
	f.Fuzz(func(t *testing.T, call string) {
		if got := fileName(call, time.Second, time.Unix(0, 0)); !safe.MatchString(got) {
			t.Errorf("%q: %q", call, got)
		}
	})
}

// A call that was fast costs a comparison.
func BenchmarkFast(b *testing.B) {
	r := &Recorder{options: Options{Slow: time.Second}}
	b.ReportAllocs()
	for b.Loop() {
		r.Slow("GET /orders", time.Millisecond)
	}
}
