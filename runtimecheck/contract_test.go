package runtimecheck_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"runtime/trace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck"
)

// said keeps what a check says instead of failing.
type said struct {
	errors []string
	fatal  string
}

func (s *said) Helper() {}
func (s *said) Errorf(format string, args ...any) {
	s.errors = append(s.errors, fmt.Sprintf(format, args...))
}
func (s *said) Fatalf(format string, args ...any) { s.fatal = fmt.Sprintf(format, args...) }

var (
	sink   any
	bytes8 []byte
)

//go:noinline
func leak() { sink = new([3]int) }

func TestNoAlloc(t *testing.T) {
	var grown []int
	once := sync.OnceFunc(leak)
	for name, tt := range map[string]struct {
		f    func()
		want string // a regular expression, "" for silence
	}{
		"nothing":          {func() {}, ""},
		"the stack":        {func() { var b [64]byte; _ = append(b[:0], "abc"...) }, ""},
		"the first call":   {once, ""},
		"one in many":      {func() { grown = append(grown, 1) }, ""},
		"an object":        {leak, `^1 allocations a call, by contract none:\n\t1 at\n\t\t.*contract_test\.go:\d+  .*\.leak`},
		"two of one place": {func() { leak(); leak() }, `^2 allocations .*\n(\t1 at\n.*\n.*\n?){2}`},
		"a buffer":         {func() { bytes8 = make([]byte, 1<<16) }, `contract_test\.go:\d+ `},
	} {
		t.Run(name, func(t *testing.T) {
			var s said
			rate := runtime.MemProfileRate
			runtimecheck.NoAlloc(&s, tt.f)
			check(t, &s, tt.want)
			if runtime.MemProfileRate != rate {
				t.Errorf("the memory profile's rate is %d after, %d before", runtime.MemProfileRate, rate)
			}
		})
	}
}

func check(t *testing.T, s *said, want string) {
	t.Helper()
	got := strings.Join(s.errors, "\n") + s.fatal
	switch {
	case want == "" && got != "":
		t.Errorf("it says %s", got)
	case !regexp.MustCompile(want).MatchString(got):
		t.Errorf("it says %q, want %s", got, want)
	case strings.Contains(got, "lagvet/runtimecheck."):
		t.Errorf("it shows its own frames: %s", got)
	}
}

func TestNoBlock(t *testing.T) {
	const late = 50 * time.Millisecond // long enough for whoever is kept from running
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	var mu, held sync.Mutex
	full := make(chan int, 1)
	for name, tt := range map[string]struct {
		f    func()
		want string
	}{
		"nothing":      {func() {}, ""},
		"a free lock":  {func() { mu.Lock(); defer mu.Unlock() }, ""},
		"the clock":    {func() { sink = time.Now() }, ""},
		"room":         {func() { full <- 1; <-full }, ""},
		"much garbage": {func() { churn() }, ""},
		"another goroutine waits": {func() {
			go func() { time.Sleep(time.Millisecond) }()
		}, ""},
		"a lock that is held": {func() {
			held.Lock()
			time.AfterFunc(late, held.Unlock)
			held.Lock()
			held.Unlock()
		}, `^waited \(sync\)(\n\t\t.*)*sync\.\(\*Mutex\)\.Lock\n\t\t.*contract_test\.go:\d+ `},
		"a timer's channel": {func() { <-time.After(late) }, `^waited \(chan receive\)\n\t\t.*contract_test\.go:\d+ `},
		"sleep":             {func() { time.Sleep(time.Millisecond) }, `^waited \(sleep\)\n\t\t.*time\.Sleep`},
		"select": {func() {
			select {
			case <-time.After(late):
			case <-make(chan int):
			}
		}, `^waited \(select\)`},
		"a file":         {func() { os.ReadFile(file) }, `(?m)^entered the kernel(\n\t\t.*)+os\.ReadFile\n`},
		"stop the world": {func() { runtime.ReadMemStats(new(runtime.MemStats)) }, `(?m)^stopped the world: stop-the-world \(read mem stats\)`},
		"collect":        {func() { runtime.GC() }, `(?m)^waited \(wait until GC ends\)`},
		"two waits":      {func() { time.Sleep(1); time.Sleep(time.Millisecond); time.Sleep(time.Millisecond) }, `(?s)waited.*waited`},
	} {
		t.Run(name, func(t *testing.T) {
			var s said
			runtimecheck.NoBlock(&s, tt.f)
			check(t, &s, tt.want)
		})
	}
}

// churn allocates enough for some collections.
func churn() {
	for range 1 << 16 {
		sink = make([]byte, 4096)
	}
}

// A call that ends the test leaves the tracer off.
func TestNoBlockEnds(t *testing.T) {
	done := make(chan bool)
	first := true
	go func() {
		defer close(done)
		runtimecheck.NoBlock(new(said), func() {
			if !first {
				runtime.Goexit()
			}
			first = false
		})
	}()
	<-done
	if trace.IsEnabled() {
		t.Error("the tracer is on")
	}
}

func TestNoBlockUnderTrace(t *testing.T) {
	if err := trace.Start(new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	defer trace.Stop()
	var s said
	runtimecheck.NoBlock(&s, func() {})
	check(t, &s, "^could not see whether it waits: starting the execution tracer: ")
}
