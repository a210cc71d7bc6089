// Package far uses the locks of another package.
package far

import (
	"sync"

	"example.com/fleet/kv"
)

type server struct {
	mu    sync.Mutex
	users *kv.Cache
	total int
}

// What is called back under the cache's lock takes the cache's lock.
func (s *server) expire() {
	s.users.Each(func(key string, v int) { // want `^likely: Cache.inner.RWMutex is taken again while it is held: .* ← takes Cache.inner.RWMutex ← calls \(\*kv.Cache\).Each, which calls a function literal in \(\*server\).expire ← calls \(\*kv.Cache\).Add ← waits for Cache.inner.RWMutex$`
		if v == 0 {
			s.users.Add(key, 1)
		}
	})
}

// The server's lock, then the cache's, and the other way round in a callback.
func (s *server) login(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total++
	s.users.Put(name, s.total) // want `^likely: Cache.inner.RWMutex is taken while server.mu is held, and \(\*server\).sum takes them in the opposite order`
}

func (s *server) sum() {
	s.users.Each(func(_ string, v int) { // want `^likely: server.mu is taken while Cache.inner.RWMutex is held, and \(\*server\).login takes`
		s.mu.Lock()
		s.total += v
		s.mu.Unlock()
	})
}

// Without the lock, of another cache, or ruled out.
type mirror struct {
	mu       sync.Mutex
	from, to *kv.Cache
	n        int
}

func (m *mirror) copyAll() {
	m.from.Each(func(key string, v int) { m.to.Put(key, v) })
}

func (m *mirror) bump() {
	m.from.EachCopy(func(key string, v int) { m.from.Put(key, v+1) })
	m.from.Each(func(string, int) { m.n++ })
}

func (m *mirror) shut() {
	m.from.Each(func(string, int) { m.from.Close(false) })
}
