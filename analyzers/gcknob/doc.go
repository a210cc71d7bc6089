// Package gcknob finds settings of the garbage collector that hurt: turned per request, off without a limit, ballasts, finalizers.
//
// # What
//
//   - debug.SetGCPercent and debug.SetMemoryLimit, by themselves or through functions of
//     this or another package, in code that runs for each request or that is hot;
//   - debug.SetGCPercent(-1) for good, in a program that sets no limit for its heap;
//   - on Go 1.19 and later a ballast: memory that is allocated and never used;
//   - runtime.SetFinalizer for objects that hot code makes and, for the audit, for those
//     of requests.
//
// For instance:
//
//	func (s *shop) bulk(w http.ResponseWriter, r *http.Request) {
//		old := debug.SetGCPercent(-1)              // finding
//		defer debug.SetGCPercent(old)
//		s.load(r.Body)
//	}
//
//	ballast := make([]byte, 1<<30)                 // finding
//	defer runtime.KeepAlive(ballast)
//
// # Why it costs
//
// The percentage and the limit are the process's, not the request's. Of two requests
// that overlap the second one notes what the first has set as the old value, and puts
// that back when it is done: the collector stays off, the heap grows, and some time later
// the kernel ends the process. Each call also takes the heap's lock and works out the
// pace anew, and turning the collector off waits for a cycle that is under way.
//
// With the collector off and no limit, every byte that is allocated stays. With a limit
// the collector works when the heap nears it, which is what is wanted.
//
// A ballast doubles the heap at which the next cycle begins, so there are fewer. But it
// is counted as used in every figure, the kernel may have to provide it after all once
// something touches it, and nothing keeps the heap from growing past the container's
// memory. The limit of Go 1.19 has the collector run as seldom as the memory that there
// is allows, and more often rather than be ended.
//
// An object with a finalizer is found dead by one collection and freed by the next, with
// all that it refers to; finalizers run one after the other in one goroutine of the
// process, and one that waits holds up all the others.
//
// # When it is silent
//
//   - start-up, flags, configuration, also when it is read anew: wherever neither a
//     request nor hotness leads;
//   - SetMemoryLimit of a negative number, which only asks; SetFinalizer of nil;
//   - a handler at a path for whoever runs the process (/debug/…, /admin/…);
//   - SetGCPercent(-1) whose result is kept, to put it back, and programs that set a
//     percentage or a limit besides, or import automemlimit;
//   - memory that anything reads or writes, and little of it (below 32 MiB, if its size
//     is constant);
//   - runtime.AddCleanup, which keeps nothing alive; tests;
//   - runtime.GC and debug.FreeOSMemory, on requests and in hot code: rule stw.
//
// It is only suspected where the request says how much, where the way there is seldom
// taken, in what is named after diagnosis; off without a limit in a library, or in a
// program that runs the collector by hand. GOGC and GOMEMLIMIT of the environment are
// not seen.
//
// # How to mend
//
// Set both once, at start-up, or leave them to the environment:
//
//	GOMEMLIMIT=1800MiB GOGC=200 ./server           # in a container of 2 GiB
//
// Give objects that hold something a Close that their user defers. If that may be
// forgotten, runtime.AddCleanup (Go 1.24) frees the object at once.
//
// # Go versions
//
// All; ballasts from Go 1.19 on, which brought the limit.
package gcknob
