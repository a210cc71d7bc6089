// Package desk has one of each hazard that profiles and traces know of, and one
// that nothing ever asks for.
package desk

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"sync"
	"time"
)

// A Desk takes orders.
type Desk struct {
	Quotes string // where prices are asked for
	File   string // where limits are read
	Never  chan struct{}

	mu     sync.Mutex
	limits []byte
	prices Prices
}

// Register mounts the desk.
func (d *Desk) Register(mux *http.ServeMux) {
	mux.HandleFunc("/quote", d.quote)
	mux.HandleFunc("/limit", d.limit)
	mux.HandleFunc("/watch", d.watch)
	mux.HandleFunc("/check", d.check)
	mux.HandleFunc("/forgotten", d.forgotten)
}

// quote waits for a server that nothing can make it stop waiting for.
func (d *Desk) quote(w http.ResponseWriter, r *http.Request) {
	resp, err := http.Get(d.Quotes)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	io.Copy(w, resp.Body)
}

// limit has everybody wait for a file.
func (d *Desk) limit(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	limits, err := os.ReadFile(d.File)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	time.Sleep(2 * time.Millisecond)
	d.limits = limits
}

// watch leaves goroutines behind: one that is written here, one that has a name,
// and a heartbeat.
func (d *Desk) watch(w http.ResponseWriter, r *http.Request) {
	lines := bufio.NewScanner(r.Body)
	for lines.Scan() {
		line := lines.Text()
		go func() {
			<-d.Never
			fmt.Println(line)
		}()
		go d.follow()
	}
	t := time.NewTicker(time.Hour)
	go func() {
		for range t.C {
			d.prices.Put(0, 0)
		}
	}()
}

func (d *Desk) follow() { <-d.Never }

// check compiles a pattern for each request, and has every goroutine wait.
func (d *Desk) check(w http.ResponseWriter, r *http.Request) {
	if !regexp.MustCompile(`^[A-Z]{2}-\d+(-[a-z]{1,40}){1,20}$`).MatchString(r.URL.Path) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
	}
}

// forgotten is never asked for.
func (d *Desk) forgotten(w http.ResponseWriter, r *http.Request) {
	resp, err := http.Get(d.Quotes)
	if err == nil {
		resp.Body.Close()
	}
}

// A Fill is one execution of an order.
type Fill struct {
	Price, Quantity int64
	Venue           [1024]byte
}

// Best returns the best of the fills, on the heap.
//
//lagvet:hot
func Best(fills []Fill) *Fill {
	var best Fill
	for i := range fills {
		if fills[i].Price > best.Price {
			best.Price = fills[i].Price
		}
	}
	return &best
}

// Ladder grows its result from nothing.
//
//lagvet:hot
func Ladder(fills []Fill) []int64 {
	var ladder []int64
	for i := range fills {
		ladder = append(ladder, fills[i].Price)
	}
	return ladder
}

// Key formats a key for each fill.
//
//lagvet:hot
func Key(venue string, price int64) string {
	return fmt.Sprintf("%s/%d", venue, price)
}

// Prices are read on the hot path and written by it.
type Prices struct {
	mu sync.Mutex
	by map[int64]int64
}

// Put must not wait, and does: for whoever looks.
//
//lagvet:nonblocking
func (p *Prices) Put(symbol, price int64) {
	p.set(symbol, price)
}

func (p *Prices) set(symbol, price int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by == nil {
		p.by = make(map[int64]int64)
	}
	p.by[symbol] = price
}

// Look keeps writers waiting.
func (p *Prices) Look(d time.Duration) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	time.Sleep(d)
	return len(p.by)
}
