package unit

// The units, as they stand in the line of a benchmark.
const (
	P50          = "p50-ns/op"
	P99          = "p99-ns/op"
	P999         = "p99.9-ns/op"
	Max          = "max-ns/op"
	Rate         = "ops/s"
	Overhead     = "overhead-ns/op"
	Late         = "late-p99-ns"
	GCPauseP99   = "gc-pause-p99-ns"
	GCPauseMax   = "gc-pause-max-ns"
	GCPauseTotal = "gc-pause-ns/op"
	Assist       = "assist-%"
	SchedP99     = "sched-p99-ns"
	Migrations   = "migrations/s"
	Voluntary    = "nvcsw/s"
	Involuntary  = "nivcsw/s"
	RunQueue     = "runqueue-%"
	Throttled    = "throttled-ns"
	HiccupP99    = "hiccup-p99-ns"
	HiccupMax    = "hiccup-max-ns"
	Foreign      = "foreign-%"
	Steal        = "steal-%"
	Unfit        = "unfit"
)

// A Role says what a figure is for.
type Role string

// The roles.
const (
	Latency Role = "latency" // what is measured: a change of it is a regression or a gain
	Extreme Role = "extreme" // one operation alone decides it: it is shown, and judged only if asked for
	Cause   Role = "cause"   // what may have made a latency what it is
	Machine Role = "machine" // what else there was on the machine
	Meter   Role = "meter"   // of the measuring itself
)

// A Unit describes a figure.
type Unit struct {
	Name   string
	Role   Role
	Better int    // 1 if higher is better, -1 if lower is
	Label  string // what it is called in a sentence: "scheduler P99"
	What   string // what it is, in some more words
}

// All returns the units, in the order in which they are documented.
func All() []Unit {
	return []Unit{
		{P50, Latency, -1, "median", "the median of the operations"},
		{P99, Latency, -1, "P99", "the 99th percentile of the operations"},
		{P999, Latency, -1, "P99.9", "the 99.9th percentile of the operations"},
		{Max, Extreme, -1, "slowest operation", "the slowest operation"},
		{Rate, Latency, 1, "rate", "operations that were completed in a second, of those asked for by OpenLoop"},
		{Overhead, Meter, -1, "cost of measuring", "what measuring one operation costs"},
		{Late, Meter, -1, "lateness of OpenLoop", "how late OpenLoop began operations, 99th percentile"},
		{GCPauseP99, Cause, -1, "GC pause P99", "pauses of the garbage collector, 99th percentile"},
		{GCPauseMax, Cause, -1, "longest GC pause", "the longest pause of the garbage collector"},
		{GCPauseTotal, Cause, -1, "GC pauses", "pauses of the garbage collector"},
		{Assist, Cause, -1, "assist share", "the share of CPU time in which allocating goroutines helped the garbage collector"},
		{SchedP99, Cause, -1, "scheduler P99", "how long goroutines that could run waited for a P, 99th percentile"},
		{Migrations, Cause, -1, "migrations", "moves of threads to another CPU"},
		{Voluntary, Cause, -1, "voluntary switches", "times that threads gave up the CPU to wait"},
		{Involuntary, Cause, -1, "preemptions by the kernel", "times that the kernel took the CPU from threads"},
		{RunQueue, Cause, -1, "run queue share", "the time that threads could run and had no CPU, in relation to the run's time on all Ps"},
		{Throttled, Cause, -1, "throttled", "how long the cgroup was held back by its CPU quota"},
		{HiccupP99, Cause, -1, "hiccup P99", "how late a goroutine woke that did nothing but sleep, 99th percentile"},
		{HiccupMax, Cause, -1, "longest hiccup", "how late a goroutine woke that did nothing but sleep, at worst"},
		{Foreign, Machine, -1, "other programs", "the share of the machine's CPU time that other programs used"},
		{Steal, Machine, -1, "steal", "the share of the machine's CPU time that the hypervisor gave to others"},
		{Unfit, Machine, -1, "unfit", "whether the machine was fit to measure on: 0 if it was, 1 if it was not"},
	}
}
