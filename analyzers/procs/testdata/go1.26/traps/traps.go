// Package traps leaves the default alone, or has a reason.
package traps

import (
	"flag"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"time"
)

type config struct{ Procs int }

var procs = flag.Int("procs", 0, "threads that run Go")

// They only ask.
func workers() int { return runtime.GOMAXPROCS(0) / 2 }

func asked() int { return runtime.GOMAXPROCS(-1) }

func none() int {
	const query = 0
	return runtime.GOMAXPROCS(query)
}

// Somebody's decision.
func byFlag() {
	if *procs > 0 {
		runtime.GOMAXPROCS(*procs)
	}
}

func (c *config) apply() { runtime.GOMAXPROCS(c.Procs) }

func byParameter(n int) { runtime.GOMAXPROCS(n) }

func byEnvironment() {
	if n, err := strconv.Atoi(os.Getenv("SERVICE_PROCS")); err == nil {
		runtime.GOMAXPROCS(n)
	}
}

// One thread at a time.
func pinned(loop func()) {
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	loop()
}

// A default that the environment changes.
func shim() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2)
	}
}

func shimToo() {
	_, set := os.LookupEnv("GOMAXPROCS")
	if set {
		return
	}
	runtime.GOMAXPROCS(2)
}

// Back to the default.
func again() { runtime.SetDefaultGOMAXPROCS() }

// Rule stw's.
func tune(w http.ResponseWriter, r *http.Request) { runtime.GOMAXPROCS(4) }

//lagvet:hot
func hot() { runtime.GOMAXPROCS(4) }

func periodic() {
	for range time.Tick(time.Minute) {
		runtime.GOMAXPROCS(runtime.NumCPU())
	}
}

// As many goroutines as there are CPUs.
func pool(work func()) {
	for range runtime.NumCPU() {
		go work()
	}
}

// A method of the same name.
type runner struct{}

func (runner) GOMAXPROCS(n int) int { return n }

func other(r runner) { r.GOMAXPROCS(runtime.NumCPU()) }
