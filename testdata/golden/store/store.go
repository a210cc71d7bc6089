// Package store is what the other packages call: what it does reaches them by
// facts.
package store

import (
	"io"
	"net/http"
	"os"
	"sync"
)

// Fetch gets a document from a server.
func Fetch(url string) ([]byte, error) {
	resp, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// Read reads a file.
func Read(name string) ([]byte, error) { return os.ReadFile(name) }

// A Table holds prices.
type Table struct {
	mu     sync.RWMutex
	prices map[string]int64
}

// Price returns the price of a symbol.
func (t *Table) Price(symbol string) int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.prices[symbol]
}
