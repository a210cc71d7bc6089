package bench_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"

	"github.com/lagvet/lagvet/runtimecheck/bench"
	"github.com/lagvet/lagvet/runtimecheck/bench/unit"
)

var planted = flag.Bool("planted", false, "run the benchmarks that tests look at, which are slow on purpose")

func needPlanted(b *testing.B) {
	b.Helper()
	if !*planted {
		b.Skip("it is slow on purpose, for tests to look at: go test -run '^$' -bench Planted ./runtimecheck/bench -args -planted")
	}
}

// BenchmarkNothing measures an operation that does nothing, which is what measuring costs.
func BenchmarkNothing(b *testing.B) {
	m := bench.Start(b)
	for b.Loop() {
		op := m.Op()
		op.Done()
	}
	m.Stop()
}

// One operation in fifty is slow.
const slow = 5 * time.Millisecond

func BenchmarkPlantedLoop(b *testing.B) {
	needPlanted(b)
	m := bench.Start(b)
	for i := 0; b.Loop(); i++ {
		op := m.Op()
		if i%50 == 0 {
			time.Sleep(slow)
		}
		op.Done()
	}
	m.Stop()
}

func BenchmarkPlantedN(b *testing.B) {
	needPlanted(b)
	for _, name := range []string{"a", "b"} {
		b.Run(name, func(b *testing.B) {
			m := bench.Start(b)
			for i := range b.N {
				op := m.Op()
				if i%50 == 0 {
					time.Sleep(slow)
				}
				op.Done()
			}
			m.Stop()
		})
	}
}

func BenchmarkPlantedParallel(b *testing.B) {
	needPlanted(b)
	b.SetParallelism(4)
	bench.RunParallel(b, func(pb *bench.PB) {
		for pb.Next() {
			op := pb.Op()
			time.Sleep(slow)
			op.Done()
		}
	})
}

// Every call needs the lock, which one of them keeps for long: all that are due meanwhile
// are late.
const stall = 200 * time.Millisecond

func BenchmarkPlantedOpenLoop(b *testing.B) {
	needPlanted(b)
	var mu sync.Mutex
	calls := 0
	bench.OpenLoop(b, 1000, func() {
		mu.Lock()
		defer mu.Unlock()
		if calls++; calls == 100 {
			time.Sleep(stall)
		}
	})
}

// It is asked for ten times as much as it can do.
func BenchmarkPlantedSaturated(b *testing.B) {
	needPlanted(b)
	var mu sync.Mutex
	bench.OpenLoop(b, 10_000, func() {
		mu.Lock()
		defer mu.Unlock()
		time.Sleep(time.Millisecond)
	})
}

func BenchmarkPlantedGarbage(b *testing.B) {
	needPlanted(b)
	m := bench.Start(b)
	for b.Loop() {
		op := m.Op()
		runtime.GC()
		op.Done()
		time.Sleep(30 * time.Millisecond) // 20 of these are long enough for the shares of one CPU
	}
	m.Stop()
}

func BenchmarkPlantedForgotten(b *testing.B) {
	needPlanted(b)
	m := bench.Start(b)
	for b.Loop() {
		op := m.Op()
		op.Done()
	}
}

func BenchmarkPlantedUnused(b *testing.B) {
	needPlanted(b)
	m := bench.Start(b)
	for b.Loop() {
	}
	m.Stop()
}

// A run is what go test -bench printed.
type run struct {
	text    string
	results []*benchfmt.Result
	units   benchfmt.UnitMetadataMap
}

// execute runs benchmarks of this package in a process of their own.
func execute(t *testing.T, args ...string) run {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe, append([]string{"-planted", "-test.run=^$"}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	r := run{text: string(out)}
	reader := benchfmt.NewReader(bytes.NewReader(out), "stdout")
	for reader.Scan() {
		switch rec := reader.Result().(type) {
		case *benchfmt.Result:
			r.results = append(r.results, rec.Clone())
		case *benchfmt.SyntaxError:
			t.Errorf("%v in\n%s", rec, out)
		}
	}
	r.units = reader.Units()
	return r
}

// seconds returns a time of the first result, which benchfmt has made one in seconds.
func (r run) seconds(t *testing.T, name string) (float64, bool) {
	t.Helper()
	if len(r.results) == 0 {
		t.Fatalf("there is no result:\n%s", r.text)
	}
	_, tidied := benchunit.Tidy(1, name)
	return r.results[0].Value(tidied)
}

func TestPercentiles(t *testing.T) {
	for _, name := range []string{"PlantedLoop", "PlantedN/a"} {
		r := execute(t, "-test.bench=^Benchmark"+strings.Replace(name, "/", "$/^", 1)+"$", "-test.benchtime=1000x")
		if len(r.results) != 1 || r.results[0].Iters != 1000 {
			t.Fatalf("%s: not one result of 1000 operations:\n%s", name, r.text)
		}
		p50, ok50 := r.seconds(t, unit.P50)
		p99, ok99 := r.seconds(t, unit.P99)
		largest, _ := r.seconds(t, unit.Max)
		if !ok50 || !ok99 || p50 >= slow.Seconds()/2 || p99 < slow.Seconds() || largest < p99 {
			t.Errorf("%s: the median is %v s, p99 %v s, the largest %v s:\n%s", name, p50, p99, largest, r.text)
		}
		if _, ok := r.seconds(t, unit.P999); ok {
			t.Errorf("%s: p99.9 is reported of 1000 operations", name)
		}
		if n := strings.Count(r.text, "p99.9-ns/op is not reported: 1000 operations are too few, it takes 5000"); n != 1 {
			t.Errorf("%s: it is said %d times that p99.9 is not reported:\n%s", name, n, r.text)
		}
		if overhead, ok := r.seconds(t, unit.Overhead); !ok || overhead <= 0 {
			t.Errorf("%s: measuring costs %v s", name, overhead)
		}
	}
}

// Of one operation there is a largest, and no percentile.
func TestOne(t *testing.T) {
	r := execute(t, "-test.bench=^BenchmarkPlantedLoop$", "-test.benchtime=1x")
	for _, name := range []string{unit.P50, unit.P99, unit.P999, unit.HiccupP99, unit.SchedP99, unit.GCPauseP99} {
		if v, ok := r.seconds(t, name); ok {
			t.Errorf("%s is %v of one operation", name, v)
		}
	}
	if v, ok := r.seconds(t, unit.Max); !ok || v < slow.Seconds() {
		t.Errorf("the largest is %v s", v)
	}
}

func TestFlags(t *testing.T) {
	r := execute(t, "-test.bench=^BenchmarkPlantedN$", "-test.benchtime=20ms", "-test.count=2", "-test.cpu=1,2", "-test.v")
	if len(r.results) != 8 {
		t.Fatalf("%d results of two benchmarks, twice, with 1 and 2 CPUs:\n%s", len(r.results), r.text)
	}
	for _, res := range r.results {
		if _, ok := res.Value("max-sec/op"); !ok {
			t.Errorf("%s has no %s", res.Name, unit.Max)
		}
		if v := res.GetConfig("gomaxprocs"); v != "" {
			t.Errorf("%s is said to have had GOMAXPROCS %s", res.Name, v)
		}
	}
	if n := strings.Count(r.text, "\nposture: "); n != 1 {
		t.Errorf("the state of the machine is told %d times:\n%s", n, r.text)
	}
}

func TestHeader(t *testing.T) {
	r := execute(t, "-test.bench=^BenchmarkPlantedForgotten$", "-test.benchtime=100x")
	keys := []string{"go", "gomaxprocs", "kernel", "governor", "quota", "clocksource", "noise", "posture"}
	for _, key := range keys {
		if r.results[0].GetConfig(key) == "" {
			t.Errorf("the result has no %s:\n%s", key, r.text)
		}
	}
	if got := r.results[0].GetConfig("go"); got != runtime.Version() {
		t.Errorf("the version of Go is %s", got)
	}
	again := execute(t, "-test.bench=^BenchmarkPlantedForgotten$", "-test.benchtime=100x")
	for _, key := range keys {
		if a, b := r.results[0].GetConfig(key), again.results[0].GetConfig(key); a != b {
			t.Errorf("%s is %q, and in the next run %q", key, a, b)
		}
	}
	for _, u := range unit.All() {
		if got := r.units.GetBetter(u.Name); got != u.Better {
			t.Errorf("%s: better is %d, want %d", u.Name, got, u.Better)
		}
	}
	// Stop was forgotten, and what it reports is there.
	if _, ok := r.seconds(t, unit.P50); !ok {
		t.Errorf("without Stop nothing is reported:\n%s", r.text)
	}
}

func TestParallel(t *testing.T) {
	r := execute(t, "-test.bench=^BenchmarkPlantedParallel$", "-test.benchtime=500x", "-test.cpu=2")
	p50, ok := r.seconds(t, unit.P50)
	if _, all := r.seconds(t, unit.P99); !ok || !all || p50 < slow.Seconds() {
		t.Errorf("the median is %v s:\n%s", p50, r.text)
	}
}

// In a loop that waits for each call one in a thousand is slow; here a fifth is.
func TestOpenLoop(t *testing.T) {
	r := execute(t, "-test.bench=^BenchmarkPlantedOpenLoop$", "-test.benchtime=1000x")
	p99, ok := r.seconds(t, unit.P99)
	if !ok || p99 < 0.75*stall.Seconds() {
		t.Errorf("p99 is %v s, and every call waits for the one that takes %v:\n%s", p99, stall, r.text)
	}
	if _, ok := r.results[0].Value("sec/op"); ok {
		t.Error("the time between two calls is reported as that of a call")
	}
	if v, ok := r.results[0].Value(unit.Rate); !ok || v <= 0 || v > 1002 {
		t.Errorf("%v calls a second at a rate of 1000", v)
	}
	if _, ok := r.seconds(t, unit.Late); !ok {
		t.Error("how late calls began is not reported")
	}
}

func TestSaturated(t *testing.T) {
	r := execute(t, "-test.bench=^BenchmarkPlantedSaturated$", "-test.benchtime=300x")
	if !strings.Contains(r.text, "10000 operations a second were asked for") || !strings.Contains(r.text, "it cannot keep up") {
		t.Errorf("it is not said that the rate was not kept:\n%s", r.text)
	}
}

func TestCounters(t *testing.T) {
	r := execute(t, "-test.bench=^BenchmarkPlantedGarbage$", "-test.benchtime=20x")
	for _, name := range []string{unit.GCPauseMax, unit.GCPauseTotal} {
		if v, ok := r.seconds(t, name); !ok || v <= 0 {
			t.Errorf("20 collections: %s is %v s", name, v)
		}
	}
	names := []string{unit.Assist, unit.HiccupMax}
	if runtime.GOOS == "linux" {
		names = append(names, unit.Voluntary, unit.Involuntary, unit.RunQueue, unit.Foreign, unit.Steal, unit.Unfit)
	}
	for _, name := range names {
		if v, ok := r.seconds(t, name); !ok || v < 0 {
			t.Errorf("%s is %v, reported: %t", name, v, ok)
		}
	}
}

func TestUnused(t *testing.T) {
	r := execute(t, "-test.bench=^BenchmarkPlantedUnused$", "-test.benchtime=100x")
	if _, ok := r.seconds(t, unit.Max); ok || !strings.Contains(r.text, "no operation was measured") {
		t.Errorf("without an operation:\n%s", r.text)
	}
}

// In a program that is no test with -bench, standard output belongs to somebody else.
func TestQuiet(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-planted", "-test.run=^TestBenchmarkIsQuiet$", "-test.benchtime=10x")
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != "PASS\n" {
		t.Errorf("it prints %q, %v", out, err)
	}
}

func TestBenchmarkIsQuiet(t *testing.T) {
	if !*planted {
		return // TestQuiet runs it alone
	}
	if r := testing.Benchmark(BenchmarkPlantedForgotten); r.Extra[unit.Max] <= 0 {
		t.Errorf("the result is %v", r)
	}
}
