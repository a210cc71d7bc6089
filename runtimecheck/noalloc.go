package runtimecheck

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// calls is how often a function is called to count what it allocates: what
// happens less than once in so many calls, and what other goroutines allocate
// meanwhile, does not count. testing.AllocsPerRun is mostly given as many.
const calls = 100

// NoAlloc fails t if a call of f allocates on the heap, and says where.
//
// The allocations of the whole program are counted over 100 calls, with one
// goroutine running at a time, as by [testing.AllocsPerRun]; tests that run in
// parallel with this one are counted too. Under the race detector the compiler
// and sync.Pool allocate more than otherwise.
func NoAlloc(t TB, f func()) {
	t.Helper()
	n := allocations(f)
	if n == 0 {
		return
	}
	where := sites(f)
	if where == "" {
		where = "\n\tthe memory profile does not tell where"
	}
	t.Errorf("%d allocations a call, by contract none:%s", n, where)
}

// allocations returns how many objects a call of f allocates on average,
// rounded down.
func allocations(f func()) uint64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	f()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range calls {
		f()
	}
	runtime.ReadMemStats(&after)
	return (after.Mallocs - before.Mallocs) / calls
}

// sites says which lines allocate when f is called, the most frequent first.
func sites(f func()) string {
	defer func(rate int) { runtime.MemProfileRate = rate }(runtime.MemProfileRate)
	runtime.MemProfileRate = 1
	before := profile()
	for range calls {
		f()
	}
	type site struct {
		stack string
		n     int64
	}
	var found []site
	for stack, n := range profile() {
		if n -= before[stack]; n >= calls {
			found = append(found, site{describe(stack), n / calls})
		}
	}
	slices.SortFunc(found, func(a, b site) int {
		return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(a.stack, b.stack))
	})
	var b strings.Builder
	for _, s := range found {
		fmt.Fprintf(&b, "\n\t%d at%s", s.n, s.stack)
	}
	return b.String()
}

// A stack is the program counters of an allocation, as the memory profile has them.
type stack = [32]uintptr

// profile returns how many objects have been allocated at each stack.
func profile() map[stack]int64 {
	runtime.GC() // the profile shows what was allocated before the last collection but one
	runtime.GC()
	records := make([]runtime.MemProfileRecord, 1024)
	for {
		n, ok := runtime.MemProfile(records, true)
		if ok {
			records = records[:n]
			break
		}
		records = make([]runtime.MemProfileRecord, n+n/4)
	}
	objects := make(map[stack]int64, len(records))
	for _, r := range records {
		objects[r.Stack0] += r.AllocObjects
	}
	return objects
}

// describe prints a stack below the functions of the runtime and above the one
// that called what was checked.
func describe(s stack) string {
	n := slices.Index(s[:], 0)
	if n < 0 {
		n = len(s)
	}
	var lines []frame
	frames := runtime.CallersFrames(s[:n])
	for {
		f, more := frames.Next()
		lines = append(lines, frame{f.Function, f.File, f.Line})
		if !more {
			return show(lines)
		}
	}
}

// A frame is a call on a stack.
type frame struct {
	function, file string
	line           int
}

// show prints the frames that are neither the runtime's own, at the top, nor
// this package's, at the bottom.
func show(frames []frame) string {
	var b strings.Builder
	top := true
	for _, f := range frames {
		if top && (strings.HasPrefix(f.function, "runtime.") || strings.HasPrefix(f.function, "internal/runtime/")) {
			continue
		}
		top = false
		if isHarness(f.function) {
			break
		}
		fmt.Fprintf(&b, "\n\t\t%s:%d  %s", f.file, f.line, f.function)
	}
	return b.String()
}

// isHarness reports whether a function is the part of this package that calls
// what is checked.
func isHarness(function string) bool {
	name, ok := strings.CutPrefix(function, "github.com/lagvet/lagvet/runtimecheck.")
	name, _, _ = strings.Cut(name, ".") // a closure is named after what it stands in
	return ok && slices.Contains([]string{"sites", "allocations", "record", "NoBlock"}, name)
}
