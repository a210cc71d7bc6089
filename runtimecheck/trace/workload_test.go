package trace

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	rtrace "runtime/trace"
	"sync"
	"testing"
	"time"
)

// record returns the trace of what f does.
func record(t testing.TB, f func()) []byte {
	t.Helper()
	if rtrace.IsEnabled() {
		t.Fatal("the execution tracer is in use: run without -trace")
	}
	var buf bytes.Buffer
	if err := rtrace.Start(&buf); err != nil {
		t.Fatal(err)
	}
	defer rtrace.Stop() // even if f ends the test
	f()
	rtrace.Stop()
	return buf.Bytes()
}

func analyze(t testing.TB, data []byte, o Options) *Report {
	t.Helper()
	r, err := Analyze(context.Background(), bytes.NewReader(data), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func region(name string, f func()) { rtrace.WithRegion(context.Background(), name, f) }

// each runs f by n goroutines at once.
func each(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

// workloads are programs that wait for something each.
func workloads(t testing.TB) map[string]func() {
	return map[string]func(){
		"convoy":   convoy,
		"channels": pingPong,
		"pressure": pressure,
		"syscalls": func() { syscalls(t) },
		"network":  func() { network(t) },
		"nested":   nested,
		"tasks":    tasks,
	}
}

//go:noinline
func critical(mu *sync.Mutex) {
	mu.Lock()
	time.Sleep(200 * time.Microsecond)
	mu.Unlock()
}

func convoy() {
	var mu sync.Mutex
	each(8, func(int) {
		for range 20 {
			region("convoy", func() { critical(&mu) })
		}
	})
}

func pingPong() {
	a, b := make(chan int), make(chan int)
	go func() {
		for v := range a {
			b <- v
		}
		close(b)
	}()
	for i := range 500 {
		region("ping", func() { a <- i; <-b })
	}
	close(a)
	region("select", func() {
		select {
		case <-b:
		case <-time.After(time.Millisecond):
		}
	})
}

// pressure allocates faster than the collector collects by itself.
func pressure() {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	each(4, func(int) {
		var keep [][]*int
		for range 60 {
			region("allocate", func() {
				list := make([]*int, 4096)
				for i := range list {
					list[i] = new(int)
				}
				keep = append(keep, list)
			})
		}
		runtime.KeepAlive(keep)
	})
}

func syscalls(t testing.TB) {
	f, err := os.Open("doc.go")
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	each(4, func(int) {
		buf := make([]byte, 64)
		for range 200 {
			region("read", func() { _, _ = f.ReadAt(buf, 0) })
		}
	})
}

//go:noinline
func slowHandler(w http.ResponseWriter, _ *http.Request) {
	time.Sleep(time.Millisecond)
	fmt.Fprintln(w, "done")
}

//go:noinline
func lazyHandler(http.ResponseWriter, *http.Request) {}

func network(t testing.TB) {
	mux := http.NewServeMux()
	mux.HandleFunc("/slow", slowHandler)
	mux.Handle("/lazy", http.HandlerFunc(lazyHandler))
	s := httptest.NewServer(mux)
	defer s.Close()
	each(4, func(int) {
		for _, path := range []string{"/slow", "/lazy", "/slow", "/lazy", "/slow"} {
			region("request", func() {
				resp, err := s.Client().Get(s.URL + path)
				if err != nil {
					t.Error(err)
					return
				}
				defer resp.Body.Close()
				_, _ = io.Copy(io.Discard, resp.Body)
			})
		}
	})
}

func nested() {
	each(4, func(int) {
		for range 50 {
			region("outer", func() {
				region("middle", func() {
					region("inner", runtime.Gosched)
					time.Sleep(10 * time.Microsecond)
				})
				runtime.Gosched()
			})
		}
	})
}

func tasks() {
	each(4, func(int) {
		for range 10 {
			ctx, task := rtrace.NewTask(context.Background(), "order")
			rtrace.WithRegion(ctx, "prepare", runtime.Gosched)
			done := make(chan bool)
			go func() {
				rtrace.WithRegion(ctx, "work", func() { time.Sleep(100 * time.Microsecond) })
				done <- true
			}()
			each(2, func(int) {
				rtrace.WithRegion(ctx, "fan out", func() { time.Sleep(50 * time.Microsecond) })
			})
			<-done
			task.End()
		}
	})
}
