//go:build linux

package main

import (
	"context"
	"runtime/trace"
	"time"

	blamed "github.com/lagvet/lagvet/runtimecheck/trace"
)

const (
	requests = 200 // of a run
	slowOne  = 25  // of so many requests one is slow
	// planted is for how long a slow request waits, at least. Machines with more to do
	// than they have CPUs keep a thread waiting for some ms at a time.
	planted = 30 * time.Millisecond
)

// A scenario is a program with a cause that is known.
type scenario struct {
	name string
	what string // is planted
	// prepare sets up what the requests need, in a process of its own.
	prepare func(*plot) error
	procs   int     // GOMAXPROCS
	quota   float64 // CPUs that its control group may use; 0 is no such group
	hogs    int     // processes that compute on the one CPU that it may use; 0 is all CPUs and none
	blame   blame
}

// A plot is what the process of a scenario does.
type plot struct {
	ready func() // is called before each slow request, outside of its span
	slow  func() // is what a slow request does
	end   func()
}

// A blame is what must be said of the slow requests.
type blame struct {
	component blamed.Component // that has the most time
	or        blamed.Component // or this one, where both are the same cause
	where     string           // a function of the stack; empty where none can be known
	external  string
	behind    []hop            // below the first cause, its first cause, and so on
	kernel    blamed.Component // that the kernel's samples put most of the time down to
}

// A hop is a step from a wait to what the goroutine did that ended it.
type hop struct {
	component blamed.Component
	where     string // a function of the stack, or the one that the goroutine was started with
	external  string
}

// byName returns the scenario of a name.
func byName(name string) (scenario, bool) {
	for _, s := range scenarios {
		if s.name == name {
			return s, true
		}
	}
	return scenario{}, false
}

// play makes the requests.
func (p *plot) play() {
	ctx := context.Background()
	for i := range requests {
		if i%slowOne != slowOne-1 {
			trace.WithRegion(ctx, "request", fast)
			continue
		}
		if p.ready != nil {
			p.ready()
		}
		trace.WithRegion(ctx, "request", p.slow)
	}
	if p.end != nil {
		p.end()
	}
}

// fast is what the other requests do: 50 µs of work.
//
//go:noinline
func fast() { work(50 * time.Microsecond) }

// work computes until a time has passed.
//
//go:noinline
func work(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}

var scenarios = []scenario{{
	name: "lock-network", what: "a lock that its holder keeps while it waits for a server", procs: 2,
	prepare: lockOverNetwork,
	blame: blame{component: blamed.Lock, where: "(*store).get", behind: []hop{
		{component: blamed.Network, where: "(*store).flush", external: "network"},
	}},
}, {
	name: "lock-file", what: "a lock that its holder keeps while it reads from a slow file", procs: 2,
	prepare: lockOverFile,
	blame: blame{component: blamed.Lock, where: "(*store).get", behind: []hop{
		{component: blamed.Syscall, where: "(*store).flush"},
	}},
}, {
	name: "channel", what: "the answer of a worker that computes", procs: 2,
	prepare: slowWorker,
	blame: blame{component: blamed.Channel, where: "(*pool).price", behind: []hop{
		{component: blamed.Running, where: "(*pool).work"},
	}},
}, {
	name: "select", what: "a select between a slow backend and a time limit", procs: 2,
	prepare: slowSelect,
	blame: blame{component: blamed.Select, where: "ask", behind: []hop{
		{component: blamed.Syscall, where: "backend"},
	}},
}, {
	name: "waitgroup", what: "a fan-out of which one child sleeps", procs: 2,
	prepare: slowChild,
	blame: blame{component: blamed.Sync, where: "gather", behind: []hop{
		{component: blamed.Sleep, where: "shard", external: "timer"},
	}},
}, {
	name: "sleep", what: "time.Sleep between two tries", procs: 2,
	prepare: backingOff,
	blame:   blame{component: blamed.Sleep, where: "backOff", external: "timer"},
}, {
	name: "network", what: "a server that answers late", procs: 2,
	prepare: slowServer,
	blame:   blame{component: blamed.Network, where: "askServer", external: "network"},
}, {
	name: "syscall", what: "a system call that blocks", procs: 2,
	prepare: slowSyscall,
	blame:   blame{component: blamed.Syscall, where: "readDevice", external: "kernel"},
}, {
	name: "scheduler", what: "goroutines that compute on the only P", procs: 1,
	prepare: crowd,
	blame:   blame{component: blamed.Scheduler},
}, {
	name: "assist", what: "allocation under GOGC=10 beside a large heap", procs: 2,
	prepare: allocation,
	blame:   blame{component: blamed.Assist, or: blamed.GCWait, where: "allocate"},
}, {
	name: "stop-the-world", what: "stacks of all goroutines, of which there are many", procs: 2,
	prepare: stoppedWorld,
	blame:   blame{component: blamed.StopTheWorld},
}, {
	name: "throttled", what: "a quota of a fifth of a CPU", procs: 2, quota: 0.2,
	prepare: computing,
	blame:   blame{kernel: blamed.Throttled},
}, {
	name: "run-queue", what: "other processes on the CPU", procs: 2, hogs: 4,
	prepare: computing,
	blame:   blame{kernel: blamed.RunQueue},
}}
