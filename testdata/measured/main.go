// Measured serves a desk for a moment, has it do all that it should not, and writes
// what there is to measure of that into the directory it is given.
package main

import (
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"sync"
	"time"

	"example.com/measured/desk"
)

func main() {
	dir := os.Args[1]
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
	runtime.MemProfileRate = 4096
	stop := begin(dir)
	work()
	stop()
	for _, kind := range []string{"heap", "mutex", "block", "goroutine"} {
		f := create(dir, kind+".pprof")
		must(pprof.Lookup(kind).WriteTo(f, 0))
		must(f.Close())
	}
}

// begin starts what is measured over a time.
func begin(dir string) (stop func()) {
	cpu, tr := create(dir, "cpu.pprof"), create(dir, "trace.out")
	must(pprof.StartCPUProfile(cpu))
	must(trace.Start(tr))
	return func() {
		trace.Stop()
		pprof.StopCPUProfile()
		must(tr.Close())
		must(cpu.Close())
	}
}

// work keeps the desk busy.
func work() {
	quotes := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(10 * time.Millisecond) }))
	defer quotes.Close()
	d := &desk.Desk{Quotes: quotes.URL, File: os.Args[0] + ".limits", Never: make(chan struct{})}
	must(os.WriteFile(d.File, make([]byte, 1<<16), 0o666))
	mux := http.NewServeMux()
	d.Register(mux)
	server := httptest.NewServer(mux)
	defer server.Close()

	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				for _, path := range []string{"/quote", "/limit", "/check"} {
					get(server.URL+path, "")
				}
			}
			get(server.URL+"/watch", strings.Repeat("line\n", 20))
		})
	}
	wg.Go(compute)
	wg.Wait()
}

func get(url, body string) {
	resp, err := http.Post(url, "text/plain", strings.NewReader(body))
	must(err)
	resp.Body.Close()
}

// Kept holds what must not be optimised away.
var Kept struct {
	fill   *desk.Fill
	ladder []int64
	key    string
}

// compute runs the hot path for as long as a CPU profile needs.
func compute() {
	var p desk.Prices
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 50 {
			p.Look(2 * time.Millisecond)
		}
	})
	fills := make([]desk.Fill, 256)
	for end := time.Now().Add(time.Second); time.Now().Before(end); {
		for i := range 100 {
			Kept.fill, Kept.ladder = desk.Best(fills), desk.Ladder(fills)
			for j := range 20 {
				Kept.key = desk.Key("XNYS", int64(i+j))
			}
		}
		p.Put(1, 2)
	}
	wg.Wait()
}

func create(dir, name string) *os.File {
	f, err := os.Create(filepath.Join(dir, name))
	must(err)
	return f
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
