package requests

import (
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"example.com/stw/far"
)

var render = far.Report

var (
	once    sync.Once
	last    time.Time
	running atomic.Bool
	cached  *runtime.MemStats
)

func (s *shop) seldom() {
	once.Do(func() {
		runtime.GC() // want `^suspected: runtime.GC .*\(but it runs once\)$`
	})
	if time.Since(last) > time.Minute {
		last = time.Now()
		s.heap = far.Heap() // want `^suspected: far.Heap .*\(but a clock is asked before\)`
	}
	if !running.CompareAndSwap(false, true) {
		return
	}
	s.guarded()
}

func (s *shop) guarded() {
	runtime.GC() // want `^suspected: runtime.GC .*\(but what is asked before lets only some calls through\)$`
}

func (s *shop) slowly() {
	for {
		s.heap = far.Heap() // want `^suspected: far.Heap .*\(but a ticker sets the pace\)`
		time.Sleep(time.Minute)
	}
}

func (s *shop) fill(w http.ResponseWriter, r *http.Request) {
	if cached == nil {
		m := new(runtime.MemStats)
		runtime.ReadMemStats(m) // want `^suspected: runtime.ReadMemStats .*\(but it is made only while there is none\)$`
		cached = m
	}
	s.heap = cached.HeapAlloc
}

func (s *shop) failing(w http.ResponseWriter, r *http.Request) {
	if err := s.check(r); err != nil {
		s.afterError()
		return
	}
}

func (s *shop) afterError() {
	runtime.GC() // want `^suspected: runtime.GC .*\(but only on the way to an error\)$`
}

func (s *shop) paced(w http.ResponseWriter, r *http.Request) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for range t.C {
		s.step()
	}
}

func (s *shop) step() {
	runtime.GC() // want `^suspected: runtime.GC .*\(but a ticker sets the pace\)$`
}

// The answer is handed on to what a package that reports does with it.
func (s *shop) handOn(w http.ResponseWriter, r *http.Request) {
	far.Report(w) // want `^suspected: far.Report ends in pprof.pprof_goroutineProfileWithLabels, .*\(but it is handed the answer to write to, as what reports is\)`
}

func (s *shop) told(w http.ResponseWriter, r *http.Request) {
	s.heap = uint64(len(far.Stacks(true))) // want `^likely: far.Stacks ends in runtime.Stack`
}

//lagvet:allow stw -- the box is restarted after this
func (s *shop) allowed(w http.ResponseWriter, r *http.Request) {
	runtime.GC() // want `^allowed: runtime.GC`
}

// The last page of an installation sets the shop going.
func (s *shop) install(w http.ResponseWriter, r *http.Request) {
	s.startSelling()
}

func (s *shop) startSelling() {
	runtime.GC() // want `^suspected: runtime.GC .*\(but startSelling sets something going, which nobody does for each request\)$`
}
