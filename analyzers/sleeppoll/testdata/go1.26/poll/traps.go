package poll

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"
)

var errNotYet = errors.New("not yet")

type remote struct {
	client  *http.Client
	mu      sync.Mutex
	pending []string
	stop    chan struct{}
	closed  bool
	every   time.Duration
	last    time.Time
}

func (r *remote) ask() error { _, err := r.client.Get("http://example.com/job"); return err }

func (r *remote) end() {
	r.mu.Lock()
	r.closed = true
	r.last = time.Now()
	r.pending = append(r.pending, "end")
	r.mu.Unlock()
}

// Another process's file.
func awaitFile(ctx context.Context, name string) error {
	for ctx.Err() == nil {
		if _, err := os.Stat(name); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return ctx.Err()
}

// A remote job.
func (r *remote) await() error {
	for {
		if err := r.ask(); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
}

// A retry with backoff.
func (r *remote) retry() (err error) {
	wait := 10 * time.Millisecond
	for range 5 {
		if err = r.ask(); !errors.Is(err, errNotYet) {
			return err
		}
		time.Sleep(wait)
		wait *= 2
	}
	return err
}

func (r *remote) retries() (err error) {
	for tries := 0; tries < 3; tries++ {
		if err = r.ask(); err == nil {
			break
		}
		time.Sleep(time.Second)
	}
	return err
}

// It works off what there is, at a pace.
func (r *remote) paced() {
	for len(r.pending) > 0 {
		r.pending = r.pending[1:]
		time.Sleep(r.every)
	}
}

// Periodic work until a flag says stop: what it sleeps between is work.
func (r *remote) report() {
	for {
		r.mu.Lock()
		closed := r.closed
		r.mu.Unlock()
		if closed {
			return
		}
		_ = r.ask()
		time.Sleep(r.every)
	}
}

// What an interface says may come from anywhere.
type status interface{ Ready() bool }

func awaitStatus(s status) {
	for !s.Ready() {
		time.Sleep(time.Millisecond)
	}
}

// Nothing in this package changes it.
type config struct{ enabled bool }

func (c *config) await() {
	for !c.enabled {
		time.Sleep(time.Second)
	}
}

// It waits for the clock.
func (r *remote) quiet() {
	for time.Since(r.last) < r.every {
		time.Sleep(10 * time.Millisecond)
	}
}

// Awakened by a condition variable, or a channel.
func (r *remote) cond(c *sync.Cond) {
	c.L.Lock()
	defer c.L.Unlock()
	for len(r.pending) == 0 {
		c.Wait()
	}
}

func (r *remote) chans(ready <-chan struct{}) {
	select {
	case <-ready:
	case <-time.After(r.every):
	}
}

// One sleep is no poll.
func (r *remote) grace() {
	r.end()
	time.Sleep(r.every)
}

// A select that waits for an interval or its end.
func (r *remote) loop() {
	t := time.NewTicker(r.every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			_ = r.ask()
		case <-r.stop:
			return
		}
	}
}

// It does its work in the default.
func (r *remote) works() {
	for {
		select {
		case <-r.stop:
			return
		default:
			_ = r.ask()
			time.Sleep(r.every)
		}
	}
}

// Only a constructor sets it.
type once struct{ ready bool }

func newOnce() *once {
	o := new(once)
	o.ready = true
	return o
}

func (o *once) await() {
	for !o.ready {
		time.Sleep(time.Millisecond)
	}
}

// Whether to go on is asked of a channel, and there is nothing else to wait for.
func (r *remote) cancelled() {
	for {
		select {
		case <-r.stop:
			return
		default:
		}
		_ = r.ask()
		time.Sleep(r.every)
	}
}

// It shows how far the others are.
func (t *table) progress() {
	for t.numParts() > 0 {
		fmt.Printf("\r%d parts left", t.numParts())
		time.Sleep(100 * time.Millisecond)
	}
}
