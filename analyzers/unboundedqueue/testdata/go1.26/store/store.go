// Package store is used by the handlers of another package.
package store

import "sync"

// A Log keeps everything.
type Log struct {
	mu    sync.Mutex
	lines []string
}

func (l *Log) Add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

// A Cache is generic and evicts nothing.
type Cache[K comparable, V any] struct {
	mu   sync.Mutex
	vals map[K]V
}

func (c *Cache[K, V]) Put(k K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.vals[k] = v
}

// A Window forgets.
type Window struct{ lines []string }

func (w *Window) Add(line string) {
	w.lines = append(w.lines, line)
	if len(w.lines) > 100 {
		w.lines = w.lines[1:]
	}
}
