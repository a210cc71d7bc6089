package requests

import (
	"encoding/json"
	"expvar"
	"fmt"
	"net/http"
	httppprof "net/http/pprof"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"runtime/pprof"

	"example.com/stw/far"
)

// What does not stop the world.
func (s *shop) harmless(w http.ResponseWriter, r *http.Request) {
	buf := make([]byte, 4096)
	buf = buf[:runtime.Stack(buf, false)]
	s.heap = uint64(runtime.GOMAXPROCS(0) + runtime.NumGoroutine() + len(buf) + len(debug.Stack()))
	debug.PrintStack()
	metrics.Read([]metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}})
	pprof.WriteHeapProfile(os.Stderr)
	pprof.Lookup("heap").WriteTo(os.Stderr, 0)
	far.Blocked(os.Stderr)
}

// What a callee does on its own way to an error or an exit, or if it is told to.
func (s *shop) callees(w http.ResponseWriter, r *http.Request) {
	if far.Check(1) != nil {
		return
	}
	far.Log(1, far.Stacks(false))
}

// The answer is what was read.
func (s *shop) figures(w http.ResponseWriter, r *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	out := map[string]uint64{"heap": m.HeapAlloc}
	out["sys"] = m.Sys
	enc := json.NewEncoder(w)
	enc.Encode(out)
}

// The answer is what a function read.
func (s *shop) total(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, s.sum())
}

func (s *shop) sum() uint64 {
	h := far.Heap()
	return h + 1
}

// The answer is made of what a function read.
func (s *shop) part(w http.ResponseWriter, r *http.Request) {
	p := s.partOf()
	fmt.Fprintln(w, p)
}

func (s *shop) partOf() uint64 { return far.Heap() }

// The profile is the answer.
func (s *shop) goroutines(w http.ResponseWriter, r *http.Request) {
	pprof.Lookup("goroutine").WriteTo(w, 1)
}

// A handler of net/http/pprof behind another door.
func (s *shop) door(w http.ResponseWriter, r *http.Request) {
	httppprof.Index(w, r)
	expvar.Handler().ServeHTTP(w, r)
}

// Only the path for diagnosis leads there.
func (s *shop) branches(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/debug/collect":
		runtime.GC()
	}
	if r.URL.Query().Get("debug") != "" {
		s.forDebug()
	}
}

func (s *shop) forDebug() { runtime.GC() }

// Start-up has no request.
func start() {
	runtime.GOMAXPROCS(2)
	runtime.GC()
}

func init() { start() }
