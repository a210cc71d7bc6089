// Package mended is package orders without its hazards.
package mended

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"regexp"
	"runtime/metrics"
	"slices"
	"sync"
	"time"
)

// A Gateway takes orders.
type Gateway struct {
	quotes string
	client *http.Client
	slots  chan struct{}
	stop   chan struct{}
	limits Limits
}

// New returns a gateway that asks for quotes at the given URL.
func New(quotes string) *Gateway {
	return &Gateway{
		quotes: quotes,
		client: &http.Client{Timeout: 2 * time.Second},
		slots:  make(chan struct{}, 16),
		stop:   make(chan struct{}),
	}
}

// Register mounts the gateway.
func (g *Gateway) Register(mux *http.ServeMux) {
	mux.HandleFunc("POST /v2/orders", g.post)
	mux.HandleFunc("POST /v2/import", g.importBatch)
	mux.HandleFunc("POST /v2/cancel", g.cancel)
}

// post gives up when the client does.
func (g *Gateway) post(w http.ResponseWriter, r *http.Request) {
	if g.limits.Of(r.URL.Query().Get("trader")) == 0 {
		http.Error(w, "no limit", http.StatusForbidden)
		return
	}
	if err := g.quote(r.Context(), r.URL.Query().Get("symbol")); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (g *Gateway) quote(ctx context.Context, symbol string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.quotes+"/"+symbol, nil)
	if err != nil {
		return err
	}
	resp, err := g.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// importBatch takes a slot before it starts a goroutine.
func (g *Gateway) importBatch(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	lines := bufio.NewScanner(r.Body)
	for lines.Scan() {
		symbol := lines.Text()
		g.slots <- struct{}{}
		go func() {
			defer func() { <-g.slots }()
			if err := g.quote(ctx, symbol); err != nil {
				log.Print(err)
			}
		}()
	}
	w.WriteHeader(http.StatusAccepted)
}

var orderID = regexp.MustCompile(`^[A-Z]{2}-\d+$`)

// cancel reads the size of the heap where nothing has to stop for it.
func (g *Gateway) cancel(w http.ResponseWriter, r *http.Request) {
	if !orderID.MatchString(r.URL.Query().Get("order")) {
		http.Error(w, "no such order", http.StatusNotFound)
		return
	}
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(heap)
	if heap[0].Value.Uint64() > maxHeap {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// maxHeap is where the gateway takes no more work, in bytes.
const maxHeap = 1 << 30

// Watch starts a heartbeat that ends with the gateway.
func (g *Gateway) Watch(session string, beat func(string)) {
	t := time.NewTicker(time.Second)
	go func() {
		defer t.Stop()
		for {
			select {
			case <-t.C:
				beat(session)
			case <-g.stop:
				return
			}
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

// Best returns the best of the fills by value.
//
//lagvet:hot
func Best(fills []Fill) Fill {
	var best Fill
	for _, f := range fills {
		if f.Price > best.Price {
			best = f
		}
	}
	return best
}

// Prices appends to what the caller gives, and has room for them all.
//
//lagvet:hot
func Prices(prices []int64, fills []Fill) []int64 {
	prices = slices.Grow(prices, len(fills))
	for _, f := range fills {
		prices = append(prices, f.Price)
	}
	return prices
}

// Replay closes each journal before it opens the next one.
func Replay(journals []string, apply func(io.Reader) error) error {
	for _, name := range journals {
		if err := replay(name, apply); err != nil {
			return err
		}
	}
	return nil
}

func replay(name string, apply func(io.Reader) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return apply(f)
}

// A Book holds the best price of each symbol.
type Book struct {
	best sync.Map // string to int64
}

// Price reads without a lock.
//
//lagvet:nonblocking
func (b *Book) Price(symbol string) int64 {
	price, _ := b.best.Load(symbol)
	n, _ := price.(int64)
	return n
}

// Update sets the best price of a symbol.
func (b *Book) Update(symbol string, price int64) { b.best.Store(symbol, price) }

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

// Reload reads the limits first, and holds the lock for an assignment.
func (l *Limits) Reload(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var of map[string]int64
	if err := json.Unmarshal(text, &of); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of = of
	return nil
}

// A Position counts what is held, by venue and symbol.
type Position struct{ held map[key]int64 }

type key struct{ venue, symbol string }

// Add looks up by the two names as they are.
//
//lagvet:hot
func (p *Position) Add(venue, symbol string, f *Fill) {
	p.held[key{venue, symbol}] += f.Quantity
}
