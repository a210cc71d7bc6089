// Package mended is package orders without its hazards.
package mended

import (
	"bufio"
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"sync"
	"time"
)

// A Gateway takes orders.
type Gateway struct {
	quotes string
	client *http.Client
	slots  chan struct{}
	stop   chan struct{}
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
}

// post gives up when the client does.
func (g *Gateway) post(w http.ResponseWriter, r *http.Request) {
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

// A Position counts what is held, by venue and symbol.
type Position struct{ held map[key]int64 }

type key struct{ venue, symbol string }

// Add looks up by the two names as they are.
//
//lagvet:hot
func (p *Position) Add(venue, symbol string, f *Fill) {
	p.held[key{venue, symbol}] += f.Quantity
}
