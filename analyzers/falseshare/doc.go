// Package falseshare finds counters, locks and ring indices of different goroutines that share a cache line.
//
// # What
//
//   - an array or slice with an element for each worker, shard or CPU, where the
//     elements are atomics, mutexes, numbers or structs of them, smaller than a cache
//     line, and different goroutines write different elements: each goroutine of a loop
//     in a tight loop of its own, or in hot code at an index that is cut to the length,
//     or anybody at an index that comes from a CPU number or at random;
//   - two atomics of one struct, less than a cache line apart, of which one function
//     writes the first and reads the second and another the other way round: the head
//     and the tail of a ring.
//
// The finding stands at the declaration of the field or variable; the chain shows the
// writes.
//
// # Why it costs
//
// A core that writes has to own the whole line of 64 bytes, and takes it from whichever
// core wrote any byte of it last. Eight counters in a line, each for one worker so that
// they need not wait for each other, are slower than one worker: each increment waits
// some 50 to 100 ns for the line to come from another core, across sockets several
// times that. What was split up to scale grows slower with each core that is added, and
// a CPU profile shows nothing but an expensive add instruction.
//
//	sums := make([]int, len(parts)) // one for each worker, eight in a line
//	for w, part := range parts {
//		wg.Go(func() {
//			for _, v := range part {
//				sums[w] += v
//			}
//		})
//	}
//
// # When it is silent
//
//   - an element, or what lies between the two atomics, is as large as a line, as
//     with a cpu.CacheLinePad or a [56]byte beside an 8-byte counter;
//   - elements that are pointers: each has memory of its own;
//   - one goroutine that writes all of them; results that each goroutine assigns, and does
//     not add to; an array that each goroutine has for itself;
//   - an array that everybody writes at an index which the data decides: a histogram's
//     buckets are contended for themselves;
//   - test files.
//
// It is only suspected, and left to the audit, where the loop around the write waits or
// calls something, next to which a line from another core may be little; where elements
// are chosen by a hash: a lock or a counter beside a map of its own is mostly not what
// such a shard's time goes into; and for two atomics that nothing shows to be the ends of
// a ring.
//
// # How to mend
//
// Make an element as large as a line, or have each goroutine count in a local variable
// and add that up once:
//
//	type counter struct {
//		n atomic.Int64
//		_ cpu.CacheLinePad // golang.org/x/sys/cpu: as large as a line of the target
//	}
//
//	type ring struct {
//		head atomic.Uint64
//		_    cpu.CacheLinePad
//		tail atomic.Uint64
//		_    cpu.CacheLinePad
//	}
//
// Lines are taken to have 64 bytes, as on amd64 and most arm64. Those of Apple's arm64 and of
// ppc64 have 128, of s390x 256: there padding to 64 is not enough, and the rule does
// not say so. It speaks on every Go version.
package falseshare
