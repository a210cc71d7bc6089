// Package traps turns knobs where that is right.
package traps

import (
	"flag"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"

	"example.com/app/knobs"
)

type config struct {
	GOGC  int
	Limit int64
}

var percent = flag.Int("gogc", 100, "percent")

// At start-up.
func init() { debug.SetGCPercent(200) }

func (c *config) apply() {
	debug.SetGCPercent(c.GOGC)
	debug.SetMemoryLimit(c.Limit)
	knobs.Relax()
}

func setup() { debug.SetGCPercent(*percent) }

// As a configuration is read anew.
func reload(ch <-chan *config) {
	for c := range ch {
		c.apply()
	}
}

// It only asks.
func limit(w http.ResponseWriter, r *http.Request) {
	if debug.SetMemoryLimit(-1) < 1<<30 || knobs.Ask() == 0 {
		http.Error(w, "small", http.StatusServiceUnavailable)
	}
}

// For whoever runs the process.
func serve(mux *http.ServeMux) {
	mux.HandleFunc("/debug/gogc", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.FormValue("percent"))
		debug.SetGCPercent(n)
	})
}

// Rule stw's.
func collect(w http.ResponseWriter, r *http.Request) {
	runtime.GC()
	debug.FreeOSMemory()
}

// For another process.
func child() { os.Setenv("GOGC", "off") }

// Off in a library, for good: who imports it may set a limit.
func off() { debug.SetGCPercent(50) }

// Memory that is used.
var arena = make([]byte, 64<<20)

func alloc(n int) []byte {
	b := arena[:n]
	arena = arena[n:]
	return b
}

func buffer() int {
	b := make([]byte, 64<<20)
	n := copy(b, "text")
	runtime.KeepAlive(b)
	return n
}

// Little memory.
func pinned(use func(uintptr)) {
	b := make([]byte, 512)
	use(0)
	runtime.KeepAlive(b)
}

// Ballast of a ship.
type ballast struct{ tons int }

func load(n int) []ballast { return make([]ballast, n) }
