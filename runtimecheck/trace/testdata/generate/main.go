// Generate writes an execution trace to its standard output: of a few of each kind of
// span and wait, and no more, for it is kept. It needs nothing but the standard
// library, so that any release of Go builds it.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/trace"
	"sync"
	"time"
)

func main() {
	log.SetFlags(0)
	var buf bytes.Buffer
	if err := trace.Start(&buf); err != nil {
		log.Fatal(err)
	}
	work()
	time.Sleep(1200 * time.Millisecond) // the tracer begins a new generation each second
	work()
	trace.Stop()
	z, err := gzip.NewWriterLevel(os.Stdout, gzip.BestCompression)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.Copy(z, &buf); err != nil {
		log.Fatal(err)
	}
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
}

func work() {
	locks()
	channels()
	collections()
	tasks()
	if err := requests(); err != nil {
		log.Fatal(err)
	}
}

// each runs f by n goroutines at once.
func each(n int, f func()) {
	var wg sync.WaitGroup
	for i := 0; i < n; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f()
		}()
	}
	wg.Wait()
}

//go:noinline
func critical(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Unlock()
	time.Sleep(time.Millisecond)
}

func locks() {
	var mu sync.Mutex
	each(4, func() {
		for i := 0; i < 3; i++ {
			trace.WithRegion(context.Background(), "locked", func() { critical(&mu) })
		}
	})
}

func channels() {
	in, out := make(chan int), make(chan int)
	go func() {
		for v := range in {
			out <- v
		}
		close(out)
	}()
	for i := 0; i < 5; i++ {
		trace.WithRegion(context.Background(), "exchange", func() {
			in <- i
			select {
			case <-out:
			case <-time.After(time.Second):
			}
		})
	}
	close(in)
}

var sink []byte

func collections() {
	trace.WithRegion(context.Background(), "collect", func() {
		trace.WithRegion(context.Background(), "allocate", func() { sink = make([]byte, 1<<20) })
		runtime.GC()
	})
}

func tasks() {
	ctx, task := trace.NewTask(context.Background(), "order")
	defer task.End()
	trace.WithRegion(ctx, "prepare", runtime.Gosched)
	each(2, func() {
		trace.WithRegion(ctx, "fulfil", func() { time.Sleep(time.Millisecond) })
	})
}

type handler struct{}

func (handler) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	time.Sleep(time.Millisecond)
	io.WriteString(w, "done")
}

func requests() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{Handler: handler{}}
	go s.Serve(l)
	defer s.Close()
	for i := 0; i < 3; i++ {
		resp, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			return err
		}
		resp.Body.Close()
	}
	return nil
}
