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
// they fell into: the trace shows a stopped goroutine as runnable or running. With
// samples of the kernel's accounts (Options.Kernel) the time in which the cgroup was
// throttled, or in which a thread that was ready had no CPU, is laid over those parts
// and told beside them ([Slice].Kernel): the trace itself calls it "running" or
// "syscall".
package trace
