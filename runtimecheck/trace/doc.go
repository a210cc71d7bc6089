// Package trace says from an execution trace why the tail of latency is what it is.
//
// [Analyze] reads a trace of runtime/trace or of a flight recorder, of Go 1.22 or
// later, once and from the front. What it measures are spans: user regions, tasks,
// calls of HTTP handlers, or of functions that the caller names. Spans of one name
// make a [Group]; of each group it says, for the median, P99, P99.9 and the slowest
// one, what the goroutine was in, as parts that sum to the whole ([Slice]), and for
// what it waited, followed from who was woken to who woke it ([Cause]).
//
// # What the parts mean
//
// A span's time is divided by what its goroutine did, [Running] to [Undetermined]:
// each nanosecond counts once. Stop-the-world pauses are cut out of whatever state
// they fell into: the trace shows a stopped goroutine as runnable or running, and one
// that waits may have waited anyway. They last from when somebody began to stop the
// world until it was started again. With samples of the kernel's accounts
// (Options.Kernel) the time in which the cgroup was throttled, or in which a thread
// that was ready had no CPU, is laid over those parts and told beside them
// ([Slice].Kernel): the trace itself calls it "running", "syscall" or, of a goroutine
// that waits for a P, "scheduler".
//
// # What spans are
//
// A [Region] is measured from its begin to its end, on its goroutine; regions nest.
//
// A [Task] is measured from its begin to its end, wherever these are. Its parts are
// those of one goroutine at a time: of the goroutines that are in a region of the
// task, the one that entered it first; while none is, the one that created the task,
// and once that has ended, none: that is undetermined. If the goroutine waits when the
// next takes over, it is taken to have waited for that one.
//
// A [Handler] is a call of a handler of net/http, over HTTP/1 or HTTP/2, or of a unary
// method of google.golang.org/grpc, without any annotation. It is told from the stacks
// that the tracer takes whenever a goroutine waits, wakes another, or enters the
// kernel: a call begins with the last event of reading the request, and ends with the
// first one after the handler's. Its name is that of the function below the innermost
// http.HandlerFunc or http.ServeMux: the handler itself, not what wraps it. Routers
// that call handlers some other way are told by the router's own name. A call in which
// nothing happens has no name; in one over HTTP/2 or gRPC the goroutine's life is the
// call.
//
// A [Function] is a call of a function that was asked for. It lasts from the first
// event in it to the last, and to the end of the wait or system call that begins with
// that. Calls without an event inside are not seen, calls without an event between
// them are seen as one, and so is recursion.
//
// [Group].Slack says by how much the ends that are told from stacks may be off. A
// span that is open at either end of the trace is counted, and not measured.
//
// # What slices are
//
// Spans are added up in buckets of latency, each at most 1/64 wide (1.6 %), and a slice
// takes whole buckets: P50 those that hold the ranks from 40 to 60 % of all, P99 and
// P99.9 those from that rank on. There is a P99 of 100 spans or more, a P99.9 of 1000
// or more. Latency is the mean of the bucket that the rank falls into; the slowest
// span's is exact.
//
// # What causes are
//
// The goroutine that runs when another becomes runnable is who woke it. What it did
// during the wait lies behind the wait, and where it waited itself, what lies behind
// that, and so on, to a depth of four. A goroutine that waited at the same place for
// the same thing stood in the same queue: its wait is that of whoever was before it,
// and is passed through. What was before a goroutine was started is what the one did
// that started it. Where a goroutine ran is told by the stack of its last event, for
// the span's own goroutine by samples of a CPU profile, if one ran meanwhile.
//
// Timers, the network poller and the kernel wake without a goroutine: [Cause].External.
//
// # What it takes
//
// Memory goes by how many goroutines, open spans, names and causes there are, each
// bounded, not by the length of the trace; what falls out is undetermined, and a
// [Problem] says so. Reading goes by golang.org/x/exp/trace, through an interface of
// events of this package's own; that library keeps a generation in memory, about a
// second of the trace. For speed:
//
//	go test -run '^$' -bench Analyze ./runtimecheck/trace
package trace
