// Package hotdefer finds defers that cost: in loops, where open coding is off, and in chains on hot paths.
//
// # What
//
// Anywhere:
//
//   - a defer that can run again before its function returns: in a for or
//     range loop, in the body of a range over a function (which is no function
//     of its own), or before a backward goto. Where no return can be reached
//     from it, it says that the deferred call never runs.
//
// In hot code only (see the page on hotness), because there the price of the
// defer itself counts:
//
//   - more than 8 defers in a function, or more than 15 as the product of its
//     defers and its exits, or a result that lives on the heap: the compiler
//     then does not open-code them. Where the compiler was asked
//     (-d=defer=1), its answer decides;
//   - more open-coded defers than the budget, 3 unless configured, on a path
//     that is not cold, where somebody marked the function: a profile does not
//     say how often it is called, and there it is only suspected;
//   - a deferred Unlock that holds the lock over formatting, encoding,
//     compression, hashing or sorting after the last use of what the lock
//     guards. What waits under a lock is lockblock's.
//
// # Why it costs
//
// A deferred call runs when the function returns, not when the iteration ends.
// In a loop every file, response body, row set, lock and timer is held until
// then: the loop over a thousand names has a thousand files open, and a lock is
// waited for by the iteration that already holds it. The record of each such
// defer cannot live in the frame; it comes from the runtime's free list or the
// heap and is linked into the goroutine.
//
// Measured with the benchmarks of this package on Go 1.26.8, linux/amd64, two
// virtual cores of an AMD EPYC (go test -bench=Defer -count=4), for calling
// a function of 3 ns:
//
//	called directly                 3.1 ns
//	1 defer, open-coded             3.2 ns
//	3 defers, open-coded            6.7 ns
//	6 defers, open-coded             18 ns
//	9 defers, on the stack           97 ns   about 10 ns each
//	10 defers in a loop         190-245 ns   about 20 ns each
//	10 iterations, each wrapped
//	in a function with a defer       40 ns   about 4 ns each
//
// # When it is silent
//
//   - the loop body is a function, or every path after the defer leaves the loop
//   - the defer stands under a condition that its own branch turns off ("if
//     !locked { mu.Lock(); defer mu.Unlock(); locked = true }")
//   - what the loop defers is the cancel function of a context: rule ctxaccumulate
//   - in test files, and on defers of cold code that run once
//
// It is only suspected, and left to the audit, where the code means to release
// everything at the end, or does not leave it to the end:
//
//   - the loop runs a small constant number of times (16 at most);
//   - what the defer releases is stored beyond the iteration, sent, used by a
//     goroutine, handed to what sets it for the whole program, like log.SetOutput, or
//     known by a number that the iteration notes in a list;
//   - the deferred call is a method of the thing ranged over, like the lock of
//     each shard, or what such a method returned;
//   - it is a step back, which asks how the function has ended;
//   - each iteration builds upon what the ones before have made;
//   - the iteration releases by itself, and the defer is for its errors.
//
// # How to mend
//
// Give the iteration a function:
//
//	for _, name := range names {
//		f, err := os.Open(name)
//		if err != nil {
//			return err
//		}
//		defer f.Close() // runs when the loop is long over
//		…
//	}
//
//	for _, name := range names {
//		if err := load(name); err != nil { // opens, defers, reads, returns
//			return err
//		}
//	}
//
// or release at the end of the iteration. The suggested fix wraps the body in a
// function literal where no statement leaves it and nothing recovers. On a hot
// path with many defers, release by hand, or move the rare part with its defers
// into a function of its own.
//
// # Versions
//
// Open-coded defers came with Go 1.14, range over functions with Go 1.23. The
// limits 8 and 15 were read in cmd/compile of Go 1.26.
package hotdefer
