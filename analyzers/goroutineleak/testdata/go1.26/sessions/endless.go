// Package sessions has goroutines with loops.
package sessions

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// One for each connection, with nothing that ends it.
func handle(conn net.Conn, out <-chan []byte) {
	go func() { // want `likely: this goroutine may never end: it goes on in a loop that has no way out, and one is started for each connection`
		for {
			select {
			case b := <-out:
				conn.Write(b)
			case <-time.After(time.Minute):
				conn.Write(nil)
			}
		}
	}()
	io.Copy(io.Discard, conn)
}

// The break leaves the select and not the loop.
func (c *cache) watch(ctx context.Context) {
	go func() { // want `likely: .* goes on in a loop that has no way out, and \(\*cache\).Close does not end it`
		for {
			select {
			case <-ctx.Done():
				break
			case <-time.After(time.Second):
				c.expire()
			}
		}
	}()
}

// A sleeper that Close does not end.
type cache struct {
	mu    sync.Mutex
	items map[string]time.Time
	done  chan struct{}
}

func NewCache() *cache {
	c := &cache{items: make(map[string]time.Time), done: make(chan struct{})}
	go c.janitor() // want `likely: .* \(\*cache\).Close does not end it`
	go c.ended()
	return c
}

func (c *cache) janitor() {
	for {
		time.Sleep(time.Minute)
		c.expire()
	}
}

func (c *cache) expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.items)
}

func (c *cache) Close() { close(c.done) }

// One more for each request.
func serve(w http.ResponseWriter, r *http.Request) {
	go refresh(r.URL.Path) // want `likely: .* one is started for each (request|connection)`
}

func refresh(path string) {
	for {
		http.Get(path)
		time.Sleep(time.Hour)
	}
}

func renew(path string) {
	for {
		refreshOnce(path)
	}
}

func refreshOnce(path string) { http.Get(path) }

func Mount(mux *http.ServeMux) { mux.HandleFunc("/", serve) }

// One for each thing that arrives.
func Consume(names <-chan string) {
	for name := range names {
		go renew(name) // want `likely: .* one more is started in each turn of a loop`
	}
}

// In a library, nothing tells that there is more than one.
type Dialer struct{ once sync.Once }

func (d *Dialer) Dial() {
	d.once.Do(func() {
		go d.clean() // want `suspected: .* goes on in a loop that has no way out, and nothing stops it`
	})
}

func (d *Dialer) clean() {
	for {
		time.Sleep(time.Second)
	}
}

// What ends it is what it calls.
func (d *Dialer) Spin() {
	go d.outer() // want `suspected: .* nothing stops it`
}

func (d *Dialer) outer() { d.clean() }

// Once for the process, whoever comes first.
var (
	clockOnce  sync.Once
	startClock = sync.OnceFunc(func() {
		go tick() // want `suspected: .* nothing stops it`
	})
	now atomic.Int64
)

func (c *cache) clock() int64 {
	clockOnce.Do(func() {
		go func() { // want `suspected: .* nothing stops it`
			for {
				time.Sleep(time.Second)
				now.Add(1)
			}
		}()
	})
	startClock()
	return now.Load()
}

func tick() {
	for {
		time.Sleep(time.Second)
		now.Store(0)
	}
}

// Once for an object, though it is a request that comes first.
type lazy struct {
	once    sync.Once
	mu      sync.Mutex
	running bool
}

func (l *lazy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.once.Do(func() {
		go l.loop() // want `suspected: .* nothing stops it`
	})
	l.mu.Lock()
	if !l.running {
		l.running = true
		go l.other() // want `suspected: .* nothing stops it`
	}
	l.mu.Unlock()
}

func (l *lazy) loop() {
	for {
		time.Sleep(time.Second)
	}
}

func (l *lazy) other() {
	for {
		time.Sleep(time.Minute)
	}
}

// What a method starts is not its object's if it does not work on that.
func (c *cache) Warm() {
	go tock() // want `suspected: .* nothing stops it`
}

func tock() {
	for {
		time.Sleep(time.Minute)
		now.Add(-1)
	}
}

// With a way out: a channel, a context, an error, a flag, a label, the process.
func (c *cache) ended() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			c.expire()
		case <-c.done:
			return
		}
	}
}

func ways(ctx context.Context, conn net.Conn, stopped *atomic.Bool) {
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Second):
			}
		}
	}()
	go func() {
		buf := make([]byte, 512)
		for {
			if _, err := conn.Read(buf); err != nil {
				return
			}
		}
	}()
	go func() {
		for !stopped.Load() {
			time.Sleep(time.Second)
		}
	}()
	go func() {
	loop:
		for {
			select {
			case <-ctx.Done():
				break loop
			case <-time.After(time.Second):
			}
		}
	}()
	go func() {
		for {
			if stopped.Load() {
				runtime.Goexit()
			}
			time.Sleep(time.Second)
		}
	}()
	go func() {
		for {
			if _, err := conn.Write(nil); err != nil {
				log.Print(err)
				os.Exit(1)
			}
		}
	}()
}

func Ways(ctx context.Context, conn net.Conn) { ways(ctx, conn, new(atomic.Bool)) }
