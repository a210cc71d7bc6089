package a

import (
	"context"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"

	"example.com/m/work"
)

// A slot is taken before the goroutine starts.
func semaphore(in chan work.Job) {
	sem := make(chan struct{}, 8)
	for j := range in {
		sem <- struct{}{}
		go func() {
			defer func() { <-sem }()
			use(j)
		}()
	}
}

// A slot of another package's type, by what its methods do.
func throttled(in chan work.Job, t *work.Throttle) {
	for j := range in {
		t.Do()
		go func() {
			defer t.Done()
			use(j)
		}()
	}
}

// A fixed number of workers.
func workers(n int, in chan work.Job) {
	for range n {
		go func() {
			for j := range in {
				use(j)
			}
		}()
	}
}

// A literal.
func literal() {
	for _, j := range []work.Job{{ID: 1}, {ID: 2}} {
		go use(j)
	}
}

// Each turn waits.
func inTurn(in chan work.Job) {
	for j := range in {
		done := make(chan bool)
		go func() { use(j); close(done) }()
		<-done
	}
}

// One per connection.
func accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go c.Close()
	}
}

// At most one runs.
func once(in chan work.Job) {
	var busy atomic.Bool
	for j := range in {
		if !busy.CompareAndSwap(false, true) {
			continue
		}
		go func() { defer busy.Store(false); use(j) }()
	}
}

// The handler waits.
func joined(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	wg.Go(func() { println(r.FormValue("a")) })
	wg.Wait()
}

// The slice is short.
func capped(js []work.Job) {
	if len(js) > 16 {
		return
	}
	for _, j := range js {
		go use(j)
	}
}

// So it says.
func declared(in chan work.Job) {
	for j := range in {
		go use(j) //lagvet:bounded -- the sender keeps at most 64 in flight
	}
}

// The context ends the goroutine with the function.
func cancelled(in chan work.Job) {
	for j := range in {
		within(j)
	}
}

func within(j work.Job) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go watch(ctx, j)
	use(j)
}

func watch(context.Context, work.Job) {}

// Signals come from the operator.
func signals(c chan os.Signal) {
	for s := range c {
		go println(s.String())
	}
}
