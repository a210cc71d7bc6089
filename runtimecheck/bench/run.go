package bench

import (
	"flag"
	"strconv"
	"strings"
	"testing"
	"time"
)

// underBench reports whether this is a run of go test -bench: testing.Benchmark in a test
// or a program has nobody who reads lines on standard output.
func underBench() bool {
	f := flag.Lookup("test.bench")
	return f != nil && f.Value.String() != ""
}

// most is the number of operations at which package testing stops to look for more.
const most = 1_000_000_000

// final reports whether the run of a benchmark that has just ended is the one whose figures
// count. A benchmark with b.N is run again with more operations until it takes as long as
// -benchtime says; one with b.Loop is run once.
func final(b *testing.B) bool {
	f := flag.Lookup("test.benchtime")
	if f == nil {
		return true
	}
	benchtime := f.Value.String()
	if times, ok := strings.CutSuffix(benchtime, "x"); ok {
		n, err := strconv.Atoi(times)
		return err != nil || b.N >= n
	}
	d, err := time.ParseDuration(benchtime)
	return err != nil || b.Elapsed() >= d || b.N >= most
}
