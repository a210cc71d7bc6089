// Package gateway serves requests.
package gateway

import (
	"bufio"
	"encoding/json"
	"log"
	"net/http"
	"regexp"
	"runtime"
	"sync"

	"example.com/golden/store"
)

// A Gateway takes orders.
type Gateway struct {
	quotes string

	mu     sync.Mutex
	limits map[string]int64
}

// Register mounts the gateway.
func (g *Gateway) Register(mux *http.ServeMux) {
	mux.HandleFunc("POST /orders", g.post)
	mux.HandleFunc("POST /import", g.importBatch)
	mux.HandleFunc("POST /cancel", g.cancel)
}

// post asks for a quote, by a function of another package, without the
// request's context.
func (g *Gateway) post(w http.ResponseWriter, r *http.Request) {
	if g.limit(r.URL.Query().Get("trader")) == 0 {
		http.Error(w, "no limit", http.StatusForbidden)
		return
	}
	quote, err := store.Fetch(g.quotes + r.URL.Query().Get("symbol"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Write(quote)
}

// importBatch starts as many goroutines as the client sends lines.
func (g *Gateway) importBatch(w http.ResponseWriter, r *http.Request) {
	lines := bufio.NewScanner(r.Body)
	for lines.Scan() {
		symbol := lines.Text()
		go func() {
			if _, err := store.Read(symbol); err != nil {
				log.Print(err)
			}
		}()
	}
}

// cancel compiles a pattern for each request, and has everybody wait.
func (g *Gateway) cancel(w http.ResponseWriter, r *http.Request) {
	if !regexp.MustCompile(`^[A-Z]{2}-\d+$`).MatchString(r.URL.Query().Get("order")) {
		http.Error(w, "no such order", http.StatusNotFound)
		return
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 1<<30 {
		http.Error(w, "busy", http.StatusServiceUnavailable)
	}
}

func (g *Gateway) limit(trader string) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.limits[trader]
}

// Reload reads the limits while each order waits for them.
func (g *Gateway) Reload(file string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	text, err := store.Read(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, &g.limits)
}
