// Package orders takes orders over HTTP, with every hazard that lagvet was
// made for. Package mended is its twin without them.
package orders

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"sync"
	"time"
)

// A Gateway takes orders.
type Gateway struct {
	quotes string
	stop   chan struct{}
	limits Limits
}

// New returns a gateway that asks for quotes at the given URL.
func New(quotes string) *Gateway {
	return &Gateway{quotes: quotes, stop: make(chan struct{})}
}

// Register mounts the gateway.
func (g *Gateway) Register(mux *http.ServeMux) {
	mux.HandleFunc("POST /orders", g.post)
	mux.HandleFunc("POST /import", g.importBatch)
	mux.HandleFunc("POST /cancel", g.cancel)
}

// post asks for a quote without the request's context: when the client has
// gone, the call goes on.
func (g *Gateway) post(w http.ResponseWriter, r *http.Request) {
	if g.limits.Of(r.URL.Query().Get("trader")) == 0 {
		http.Error(w, "no limit", http.StatusForbidden)
		return
	}
	if err := g.quote(r.URL.Query().Get("symbol")); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (g *Gateway) quote(symbol string) error {
	resp, err := http.Get(g.quotes + "/" + symbol)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// importBatch starts as many goroutines as the client sends lines.
func (g *Gateway) importBatch(w http.ResponseWriter, r *http.Request) {
	lines := bufio.NewScanner(r.Body)
	for lines.Scan() {
		symbol := lines.Text()
		go func() {
			if err := g.quote(symbol); err != nil {
				log.Print(err)
			}
		}()
	}
	w.WriteHeader(http.StatusAccepted)
}

// cancel compiles a pattern for each request, and to look at the heap it has
// everybody wait.
func (g *Gateway) cancel(w http.ResponseWriter, r *http.Request) {
	if !regexp.MustCompile(`^[A-Z]{2}-\d+$`).MatchString(r.URL.Query().Get("order")) {
		http.Error(w, "no such order", http.StatusNotFound)
		return
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > maxHeap {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// maxHeap is where the gateway takes no more work, in bytes.
const maxHeap = 1 << 30

// Watch starts a heartbeat that nothing can stop: its ticker fires for ever.
func (g *Gateway) Watch(session string, beat func(string)) {
	t := time.NewTicker(time.Second)
	go func() {
		for range t.C {
			beat(session)
		}
	}()
}

// Close ends the gateway.
func (g *Gateway) Close() { close(g.stop) }

// A Fill is one execution of an order.
type Fill struct {
	Price, Quantity int64
	Venue           [4]byte
}

// Best returns the best of the fills, on the heap: each call allocates.
//
//lagvet:hot
func Best(fills []Fill) *Fill {
	var best Fill
	for _, f := range fills {
		if f.Price > best.Price {
			best = f
		}
	}
	return &best
}

// Prices grows its result from nothing: ten allocations for a thousand fills.
//
//lagvet:hot
func Prices(fills []Fill) []int64 {
	var prices []int64
	for _, f := range fills {
		prices = append(prices, f.Price)
	}
	return prices
}

// Replay holds every journal open until the last one has been read.
func Replay(journals []string, apply func(io.Reader) error) error {
	for _, name := range journals {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := apply(f); err != nil {
			return err
		}
	}
	return nil
}

// A Book holds the best price of each symbol.
type Book struct {
	mu   sync.Mutex
	best map[string]int64
}

// Price must not wait, and does while Update has the lock.
//
//lagvet:nonblocking
func (b *Book) Price(symbol string) int64 { return b.look(symbol) }

func (b *Book) look(symbol string) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.best[symbol]
}

// Update sets the best price of a symbol.
func (b *Book) Update(symbol string, price int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.best[symbol] = price
}

// Limits says how much each trader may order.
type Limits struct {
	mu sync.Mutex
	of map[string]int64
}

// Of returns the limit of a trader.
func (l *Limits) Of(trader string) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of[trader]
}

// Reload reads the limits again while each order waits for them.
func (l *Limits) Reload(file string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, &l.of)
}

// A Position counts what is held, by venue and symbol.
type Position struct{ held map[string]int64 }

// Add formats a key for each fill.
//
//lagvet:hot
func (p *Position) Add(venue, symbol string, f *Fill) {
	p.held[fmt.Sprintf("%s/%s", venue, symbol)] += f.Quantity
}
