// Package requests serves requests.
package requests

import (
	"bytes"
	"fmt"
	"log"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"runtime/trace"
	"strconv"

	"example.com/stw/far"
)

type shop struct {
	limit uint64
	heap  uint64
}

func (s *shop) mount(mux *http.ServeMux) {
	mux.HandleFunc("POST /orders", s.order)
	mux.HandleFunc("/items", s.items)
}

func (s *shop) order(w http.ResponseWriter, r *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // want `^likely: runtime.ReadMemStats stops every goroutine while the figures of all threads are summed up, on behalf of a request \(HTTP handler\)$`
	if m.HeapAlloc > s.limit {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	log.Printf("heap %d", m.HeapAlloc)
}

// What is read goes into a header or a log, and is not what was asked for.
func (s *shop) items(w http.ResponseWriter, r *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // want `^likely: runtime.ReadMemStats stops`
	w.Header().Set("X-Heap", strconv.FormatUint(m.HeapAlloc, 10))
	fmt.Fprintln(w, "items of", r.URL.Query().Get("of"))
}

// The figure is kept, and the answer is about something else.
func (s *shop) keep(w http.ResponseWriter, r *http.Request) {
	s.heap = s.read()
	fmt.Fprintln(w, "kept")
}

func (s *shop) read() uint64 {
	return far.Heap() // want `^likely: far.Heap ends in runtime.ReadMemStats, which stops every goroutine while the figures of all threads are summed up, on behalf of a request \(HTTP handler\) ← calls far.Heap ← calls far.stats ← runtime.ReadMemStats stops the world$`
}

func (s *shop) collect(w http.ResponseWriter, r *http.Request) {
	s.import_(r)
	runtime.GC()         // want `^likely: runtime.GC runs a whole collection, stops every goroutine twice in it, and waits for its end, on behalf`
	debug.FreeOSMemory() // want `^likely: debug.FreeOSMemory ends in debug.freeOSMemory, which runs a whole collection and gives each free page back`
}

func (s *shop) import_(r *http.Request) {
	runtime.GOMAXPROCS(4) // want `^suspected: runtime.GOMAXPROCS stops every goroutine to set up the processors anew`
	var b bytes.Buffer
	pprof.Lookup("goroutine").WriteTo(&b, 1) // want `^likely: \(\*pprof.Profile\).WriteTo ends in pprof.pprof_goroutineProfileWithLabels, which stops every goroutine twice and takes the stack of each`
	buf := make([]byte, 1<<16)
	log.Printf("%s", buf[:runtime.Stack(buf, true)]) // want `^likely: runtime.Stack stops every goroutine until the stacks of all are printed`
	p := make([]runtime.StackRecord, 100)
	n, _ := runtime.GoroutineProfile(p) // want `^likely: runtime.GoroutineProfile stops every goroutine twice`
	log.Print(n)
	debug.WriteHeapDump(os.Stderr.Fd()) // want `^suspected: debug.WriteHeapDump stops every goroutine for as long`
	trace.Start(os.Stderr)              // want `^suspected: trace.Start ends in trace.runtime_traceAdvance, which interrupts every thread and writes down every goroutine, for an execution trace, on`
	defer trace.Stop()                  // want `^suspected: trace.Stop ends in runtime.StopTrace, which interrupts every thread`
}

// One call for each that leads there: the nearest function has the finding.
func (s *shop) outer(w http.ResponseWriter, r *http.Request) {
	s.import_(r)
}

func (s *shop) doubtful(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if p := recover(); p != nil {
			buf := make([]byte, 1<<16)
			buf = buf[:runtime.Stack(buf, true)] // want `^suspected: runtime.Stack .*\(but it is made after a panic\)$`
			log.Printf("%v: %s", p, buf)
		}
	}()
	if err := s.check(r); err != nil {
		log.Print(err, far.Heap()) // want `^suspected: far.Heap .*\(but only on the way to an error\)`
		return
	}
	go s.later()
	s.slowly()
	s.seldom()
}

func (s *shop) check(r *http.Request) error { return r.ParseForm() }

func (s *shop) later() {
	runtime.GC() // want `^suspected: runtime.GC .*\(but in a goroutine that the request starts\)$`
}

// reportStacks is named after what it does, and writes where it is told to.
func (s *shop) reportStacks(r *http.Request) {
	log.Print(far.Heap()) // want `^suspected: far.Heap .*\(but reportStacks is named as what serves diagnosis is\)`
}

func (s *shop) page(w http.ResponseWriter, r *http.Request) {
	s.reportStacks(r)
	render(w) // want `^suspected: far.Report ends in`
}
