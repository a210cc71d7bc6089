// Package bench has Go benchmarks tell the tail: percentiles in place of a mean alone,
// and beside them what is known to make tails, and what the machine was like meanwhile.
//
//	func BenchmarkMatch(b *testing.B) {
//		book := bookOfTheDay(b)
//		m := bench.Start(b)
//		for b.Loop() {
//			op := m.Op()
//			book.Match(order)
//			op.Done()
//		}
//		m.Stop()
//	}
//
// The line of the benchmark has then, in the format that benchstat and other tools read,
// p50-ns/op, p99-ns/op, p99.9-ns/op and max-ns/op, and the figures of package unit: pauses
// and assists of the garbage collector, how long goroutines waited for a P and threads for
// a CPU, how late an idle goroutine woke, what other programs took. [RunParallel] does it
// for b.RunParallel, and [OpenLoop] calls a function at a constant rate, whatever it does
// to the one before. "lagvet bench compare" compares two such runs.
//
// # What is not said
//
// A percentile needs operations beyond it: unless five were slower it is not reported,
// for it would be the word of one or two. So p99-ns/op takes 500 operations, and
// p99.9-ns/op 5,000, and the same goes for other percentiles; what is missing is said below the line of the benchmark. A figure that the
// machine does not give, as most of the kernel's on other systems than Linux, is left out,
// never 0.
//
// # What measuring costs
//
// An operation costs two readings of the clock and a count in a histogram. What that is
// here is measured before the benchmark and reported as overhead-ns/op; it is in ns/op in
// full, in each percentile by about half, and is not subtracted from either: what is left
// would be a guess. An operation that takes less than some microseconds is better measured
// in batches. Beside the benchmark a goroutine wakes each millisecond (package hiccup),
// whose turns are in sched-p99-ns and nvcsw/s too.
//
// # What the counters are of
//
// Counters are those of the whole process from Start to Stop. Work between the two that is
// not in an operation, be the timer stopped or not, is in them, and in no percentile.
//
// # On the machine
//
// Once in a run of go test -bench lines are printed that say what the machine is set up
// like (kernel, governor, quota, …), as configuration of the results that follow; none of
// them is a measurement, so that two runs on one machine have the same. The figure unfit is
// 1 where nobody should believe the others: the reason stands below the line.
package bench
