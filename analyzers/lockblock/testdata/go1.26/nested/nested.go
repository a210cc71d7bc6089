// Package nested takes a lock that is held for long while it holds another.
package nested

import (
	"net/http"
	"sync"
)

type store struct {
	mu   sync.Mutex
	disk sync.Mutex
	n    int
}

func (s *store) fetch() {
	s.disk.Lock()
	defer s.disk.Unlock()
	http.Get("https://example.com") // want `^suspected: store.disk is held`
}

func (s *store) peek() int {
	s.disk.Lock()
	defer s.disk.Unlock()
	return s.n
}

func (s *store) direct() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disk.Lock() // want `^suspected: store.mu is held while \(\*sync.Mutex\).Lock waits for store.disk, which \(\*store\).fetch holds while http.Get waits for the network: whoever needs the lock waits as long; it is held so at 2 places; only suspected: it may be short`
	s.n++
	s.disk.Unlock()
}

func (s *store) indirect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.peek()
}

type shop struct {
	mu    sync.Mutex
	store store
}

// Through a call.
func (s *shop) indirect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store.peek() // want `^suspected: shop.mu is held while \(\*store\).peek waits for store.disk`
}

// A lock that nobody holds for long.
func (s *store) short(other *sync.Mutex) {
	s.mu.Lock()
	other.Lock()
	other.Unlock()
	s.mu.Unlock()
}
