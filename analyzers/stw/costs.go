package stw

import "strings"

// A cost says what one way of stopping the world costs, and what to do instead.
type cost struct {
	what string // after the name of what does it
	mend string
	// admin is set if nobody does it but to set up or to diagnose the process: a
	// request that leads there is most likely made for that.
	admin bool
}

// costs are the ways in which the runtime stops the world, or has every thread
// and goroutine stop for a moment, by the primitive at the end of a chain. Each
// is from the function's code in package runtime.
var costs = map[string]cost{
	"runtime.ReadMemStats": {
		"stops every goroutine while the figures of all threads are summed up",
		"read the few figures that are needed by runtime/metrics, which stops nothing, or let a ticker read them",
		false,
	},
	"runtime.Stack": {
		"stops every goroutine until the stacks of all are printed",
		"print this goroutine alone (runtime/debug.Stack), and leave the others to /debug/pprof/goroutine",
		false,
	},
	"runtime.GoroutineProfile": {
		"stops every goroutine twice and takes the stack of each",
		"count them by runtime.NumGoroutine, and leave the stacks to /debug/pprof/goroutine",
		false,
	},
	"runtime.GC": {
		"runs a whole collection, stops every goroutine twice in it, and waits for its end",
		"let the collector set its own pace; debug.SetMemoryLimit bounds the heap",
		false,
	},
	"runtime/debug.freeOSMemory": {
		"runs a whole collection and gives each free page back, which the next allocation has to fault in again",
		"leave that to the background scavenger; debug.SetMemoryLimit bounds the heap",
		false,
	},
	"runtime/debug.WriteHeapDump": {
		"stops every goroutine for as long as the whole heap takes to be written",
		"write a heap profile, which stops nothing (pprof.WriteHeapProfile)",
		true,
	},
	"runtime.GOMAXPROCS": {
		"stops every goroutine to set up the processors anew",
		"set it once, at start-up, or leave it to the runtime",
		true,
	},
	"runtime.StartTrace": {
		"stops every goroutine to begin an execution trace, which then slows all of them",
		"trace on demand, behind /debug/pprof/trace",
		true,
	},
	"runtime.StopTrace": {
		"interrupts every thread and writes down every goroutine, for an execution trace",
		"trace on demand, behind /debug/pprof/trace",
		true,
	},
}

// shared are primitives that cost what another one does.
var shared = map[string]string{
	"runtime/pprof.pprof_goroutineProfileWithLabels":     "runtime.GoroutineProfile",
	"runtime/pprof.pprof_goroutineLeakProfileWithLabels": "runtime.GoroutineProfile",
	"runtime/pprof.runtime_goroutineLeakGC":              "runtime.GC",
	"runtime/trace.runtime_traceAdvance":                 "runtime.StopTrace",
	"runtime.SetDefaultGOMAXPROCS":                       "runtime.GOMAXPROCS",
}

// costOf returns what the primitive costs.
func costOf(primitive string) cost {
	if same := shared[primitive]; same != "" {
		primitive = same
	}
	if c, ok := costs[primitive]; ok {
		return c
	}
	return cost{"stops every goroutine of the process", "do it at start-up, or where nobody waits", false}
}

// reports tells whether what a function of that name does is diagnosis by
// itself: whoever calls it wants the state of the process.
func reports(name string) bool {
	name = strings.TrimLeft(name, "(*")
	return strings.HasPrefix(name, "net/http/pprof.") || strings.HasPrefix(name, "expvar.")
}
