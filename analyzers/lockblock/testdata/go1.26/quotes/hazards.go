// Package quotes answers requests from memory, under locks that others hold for
// long.
package quotes

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"time"
)

// A book is looked up by requests and refreshed in the background.
type book struct {
	mu     sync.Mutex
	url    string
	prices map[string]string
}

func (b *book) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, b.price(r.URL.Path))
}

func (b *book) price(symbol string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.prices[symbol]
}

func (b *book) set(symbol, price string) {
	b.mu.Lock()
	b.prices[symbol] = price
	b.mu.Unlock()
}

func (b *book) size() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.prices)
}

func (b *book) forget() {
	b.mu.Lock()
	clear(b.prices)
	b.mu.Unlock()
}

func (b *book) poll() {
	for range time.Tick(time.Minute) {
		b.fetch()
	}
}

// Two parties: the request waits for what the background fetches.
func (b *book) fetch() {
	b.mu.Lock()
	defer b.mu.Unlock()
	resp, err := http.Get(b.url) // want `^likely: book.mu is held while http.Get waits for the network: whoever needs the lock waits as long, and \(\*book\).price does on behalf of requests ← takes book.mu ← http.Get waits for the network ← \(\*book\).price waits for book.mu here \(HTTP handler\)$`
	if err != nil {
		return
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	b.prices["all"] = string(text)
}

// A feed is polled by way of others, under locks of all kinds.
type feed struct {
	sync.RWMutex
	last string
	n    int
	ok   bool
}

func (f *feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.RLock()
	defer f.RUnlock()
	io.WriteString(w, f.last) // want `^suspected: feed.RWMutex is held while io.WriteString waits for the network.*; only suspected: it depends on what the caller gives`
}

func (f *feed) count(w http.ResponseWriter, r *http.Request) {
	f.RLock()
	n := f.n
	f.RUnlock()
	w.WriteHeader(n)
}

func (f *feed) bump() {
	f.lock()
	defer f.Unlock()
	f.n++
}

func (f *feed) bump2() {
	f.lock()
	defer f.Unlock()
	f.n++
}

func (f *feed) valid() bool {
	f.RLock()
	defer f.RUnlock()
	return f.ok
}

func (f *feed) lock() { f.Lock() }

// Through a helper that locks, and one that dials.
func (f *feed) dials() {
	f.lock()
	f.probe() // want `^likely: feed.RWMutex is held while \(\*feed\).probe waits for the network.*and \(\*feed\).count does on behalf of requests ← takes feed.RWMutex ← calls \(\*feed\).probe ← net.Dial waits for the network`
	f.Unlock()
}

func (f *feed) probe() {
	if c, err := net.Dial("tcp", "exchange.example.com:443"); err == nil {
		c.Close()
		f.ok = true
	}
}

var (
	rates   = map[string]float64{}
	ratesMu sync.Mutex
)

func rate(w http.ResponseWriter, r *http.Request) {
	ratesMu.Lock()
	n := len(rates)
	ratesMu.Unlock()
	w.WriteHeader(n)
}

func setRate(name string, v float64) {
	ratesMu.Lock()
	defer ratesMu.Unlock()
	rates[name] = v
}

func noRates() {
	ratesMu.Lock()
	defer ratesMu.Unlock()
	clear(rates)
}

func anyRate(name string) bool {
	ratesMu.Lock()
	defer ratesMu.Unlock()
	_, ok := rates[name]
	return ok
}

func dropRate(name string) {
	ratesMu.Lock()
	delete(rates, name)
	ratesMu.Unlock()
}

func addRate(name string) {
	ratesMu.Lock()
	rates[name]++
	ratesMu.Unlock()
}

// A process, and on the other way nothing.
func compute(name string) {
	if !ratesMu.TryLock() {
		return
	}
	exec.Command("model", name).Run() // want `^likely: ratesMu is held while \(\*exec.Cmd\).Run waits for another process`
	ratesMu.Unlock()
}

// The first of two, and the longer of one.
func importRates(name string) {
	ratesMu.Lock()
	defer ratesMu.Unlock()
	text, err := os.ReadFile(name) // want `^likely: ratesMu is held while os.ReadFile waits for a file system`
	if err == nil {
		rates[string(text)] = 1
	}
	os.Remove(name)
}

type gate struct {
	mu   sync.Mutex
	open bool
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = true
}

func (g *gate) shut() {
	g.mu.Lock()
	g.open = false
	g.mu.Unlock()
}

// What it waits for lies behind what it gives back.
func (g *gate) pause(c net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.away(c) // want `^likely: gate.mu is held while \(\*gate\).away sleeps.* ← calls \(\*gate\).away ← time.Sleep sleeps ←`
}

func (g *gate) away(c net.Conn) {
	c.Close()
	time.Sleep(time.Second)
}

func (g *gate) isOpen() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open
}
