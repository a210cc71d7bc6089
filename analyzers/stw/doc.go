// Package stw finds calls that stop the world on the way of a request or in hot code.
//
// # What
//
// A call that has the runtime stop every goroutine of the process, or walk all
// of them, in code that runs for each request or that is hot:
//
//	func (s *shop) order(w http.ResponseWriter, r *http.Request) {
//		var m runtime.MemStats
//		runtime.ReadMemStats(&m)                       // finding
//		if m.HeapAlloc > s.limit {
//			http.Error(w, "busy", http.StatusServiceUnavailable)
//			return
//		}
//
// These are runtime.ReadMemStats, runtime.Stack of all goroutines, GOMAXPROCS
// with a number, goroutine profiles, runtime.GC and debug.FreeOSMemory,
// debug.WriteHeapDump, and the begin and end of an execution trace; and all
// functions that end in one of them, through any number of calls and in any
// package, the standard library included. The finding stands at the call that
// is nearest to them in the package that serves the request, with the chain.
//
// # Why it costs
//
// While the world is stopped nobody is served, not even those whose requests
// have nothing to do with it. To stop it, each running goroutine must first be
// brought to a halt, one by one: a request that pays this is paid for by all
// the others, so the cost grows with the square of the load.
//
// One call, with nothing to stop but what the call itself walks (go test -bench=.
// ./analyzers/stw, Go 1.26 on two busy cores, so to an order of magnitude):
//
//	runtime/metrics.Read of one figure              0.3 µs, stops nothing
//	runtime.Stack of this goroutine                   2 µs, stops nothing
//	runtime.ReadMemStats                             10 µs
//	runtime.GoroutineProfile of 1,000 goroutines    500 µs
//	runtime.Stack of 1,000 goroutines             1,200 µs
//	runtime.GC, hardly anything being on the heap 2,500 µs
//
// # When it is silent
//
//   - At start-up, in tests, and wherever neither a request nor hotness leads, a
//     loop that time paces excepted: see below.
//   - For whoever watches the process: a handler that is mounted, in the same
//     package, at a path that says so (/debug/…, /metrics, /admin/…, a health
//     check), a branch that is taken for such a path only, and handlers whose
//     answer holds what was read. Those of net/http/pprof and expvar are among them.
//   - Where a call does not stop the world for what its arguments say:
//     runtime.Stack(buf, false), debug.Stack, GOMAXPROCS(0), the profiles of
//     the heap, of blocking and of mutexes.
//   - On cold branches of hot code, and where only a callee's way to an error, a
//     panic or an exit leads there, as in a logger that prints all stacks before it
//     ends the process.
//   - In a function under a nonblocking contract, or hot because of one: there
//     hotblock reports it where the contract stands.
//
// It is only suspected, which is for the audit, where the call is not made for
// each request: on the way to an error, after a panic, in a sync.Once, behind a
// condition that lets one call through, where a cache has nothing, in a
// goroutine that the request starts, in a loop that a ticker or a sleep paces
// (outside requests too); and where the function, its type or its package is
// named after such diagnosis or is handed the ResponseWriter to write to, or the
// function has a name that begins with start, as at the end of an installation. So are
// GOMAXPROCS, heap dumps and execution traces on a request: nobody sets these going
// but who administers the process.
//
// # How to mend
//
// Read what is needed by runtime/metrics: /memory/classes/heap/objects:bytes is
// HeapAlloc, /sched/goroutines:goroutines the number of goroutines, and neither
// stops anything. Or have a ticker read MemStats once every few seconds into an
// atomic value that the requests load. The heap is bounded by
// debug.SetMemoryLimit, not by collections at the right moment.
//
// # Go versions
//
// All. What stops the world is as in Go 1.26: before Go 1.19 a goroutine profile
// stopped it for as long as it took to write down all stacks, before Go 1.22 so did
// the end of a trace.
package stw
