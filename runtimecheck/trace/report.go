package trace

import "time"

// A Component is what a goroutine was in during a part of a span.
type Component string

const (
	Running      Component = "running"        // on a thread, in its own code
	Assist       Component = "gc-assist"      // marking for the collector, to pay for what it allocates
	Sweep        Component = "gc-sweep"       // sweeping spans before it may allocate
	GCWait       Component = "gc-wait"        // waiting for the collector: assist credit, start or end of a cycle
	StopTheWorld Component = "stop-the-world" // the world was stopped
	Scheduler    Component = "scheduler"      // runnable, without a P to run on
	Syscall      Component = "syscall"        // in a system call, or in C
	Network      Component = "network"        // waiting for the network poller
	Channel      Component = "channel"        // sending or receiving
	Select       Component = "select"
	Lock         Component = "lock" // sync.Mutex, sync.RWMutex
	Sync         Component = "sync" // sync.Cond, sync.WaitGroup, and what else waits by a semaphore
	Sleep        Component = "sleep"
	Blocked      Component = "blocked"      // for a reason that is none of these
	Undetermined Component = "undetermined" // the trace does not tell
)

// Kernel's own parts: they lie over Running, Assist, Sweep and Syscall, Throttled over
// Scheduler too, and are no part of a sum.
const (
	Throttled Component = "throttled" // the cgroup had used its quota up
	RunQueue  Component = "run-queue" // a thread was ready and had no CPU
)

// A Kind is what makes a span.
type Kind string

const (
	Region   Kind = "region"   // runtime/trace.StartRegion, WithRegion
	Task     Kind = "task"     // runtime/trace.NewTask, across the goroutines that work on it
	Handler  Kind = "handler"  // a call of an http.Handler, as told by stacks
	Function Kind = "function" // a call of a function that was asked for, as told by stacks
)

// A Report is what a trace says of its spans. It depends on the trace and the options
// alone.
type Report struct {
	Trace    Info
	Kernel   *Kernel   // nil without samples
	Groups   []Group   // those with the most time beyond their median first
	Problems []Problem // what could not be told, or not whole
}

// Info describes a trace.
type Info struct {
	Go         string        // the first version that wrote its format: go1.26 also for Go 1.27
	Start, End time.Duration // on the clock of the trace, CLOCK_MONOTONIC on Linux
	Wall       time.Time     // of Start; zero if the trace does not tell
	Events     int64
	Generations,
	Goroutines, // that were seen
	Procs int
	Cut string // why its end was not read; "" if it was
}

// A Problem is something that is not, or not wholly, in a report.
type Problem struct {
	Code string // for machines: truncated, open-at-start, open-at-end, clock-step, history, …
	Text string
	N    int64 // how many, where it counts something
}

// A Group is the spans of one kind and name.
type Group struct {
	Kind  Kind
	Name  string
	Count int64         // whole spans: both ends are in the trace
	Total time.Duration // of whole spans
	// Spans whose beginning or end is not in the trace: counted, not measured.
	OpenStart, OpenEnd int64
	// Slack is by how much Total may be off, at most: the ends of calls that are told
	// from stacks (Handler, Function) lie between two events. 0 for Region and Task.
	Slack   time.Duration
	Slices  []Slice // the median, P99, P99.9, slowest; each that Count is enough for
	Slowest []Span  // the slowest ones, by themselves
}

// A Slice is the spans of a group about or beyond a percentile, taken together.
type Slice struct {
	Name       string        // P50, P99, P99.9, max
	Percentile float64       // of 100
	Latency    time.Duration // at that percentile
	Count      int64         // spans in the slice
	Time       time.Duration // of all of them
	Parts      []Part        // sum to Time; longest first
	Kernel     []Part        // Throttled and RunQueue: within Time, beside Parts
	Causes     []Cause       // longest first
}

// A Part is the share of a component.
type Part struct {
	Component Component
	Time      time.Duration
}

// A Span is one by itself.
type Span struct {
	Start, End time.Duration // on the clock of the trace
	Goroutine  int64         // 0 for tasks, which have several
	Parts      []Part
	Kernel     []Part
	Causes     []Cause
	Timeline   []Interval // what it was in, in order; joined where there are too many
}

// An Interval is an unbroken stretch of one component.
type Interval struct {
	Start, End time.Duration
	Component  Component
	By         int64 // the goroutine that ended it, 0 if none did or it is unknown
	Stack      []Frame
}

// A Cause is where a part of the time of spans went, and why.
type Cause struct {
	Component Component
	Time      time.Duration
	Count     int64   // how many times
	Stack     []Frame // where the goroutine was, innermost first; of a stop, who stopped it
	// What the goroutine that ended the wait did meanwhile; times sum to Time where the
	// trace tells. Empty if External.
	Behind []Cause
	// Who ended it, where no goroutine did: timer, network, kernel, runtime; or where
	// none is known, or the chain was cut: unknown.
	External string
	Role     string // behind a wait: name of the function that the other goroutine was started with
}

// A Frame is one of a stack.
type Frame struct {
	Function string // as in profiles
	File     string
	Line     int
}

// Kernel is what samples of the kernel's accounts say of the time of the trace.
type Kernel struct {
	Samples   int
	Interval  time.Duration // the median between two
	Throttled time.Duration // time of the trace in which the cgroup was throttled, at most
	RunQueue  time.Duration // summed over threads
	Covered   time.Duration // time of the trace that samples cover
}
