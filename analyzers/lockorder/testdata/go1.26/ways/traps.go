package ways

import (
	"log"
	"os"
	"sync"
)

type store struct {
	mu     sync.Mutex
	n      int
	closed bool
	free   func()
}

// Deferred, in a closure too, and on a condition.
func (s *store) deferred() int {
	s.mu.Lock()
	defer func() {
		s.n++
		s.mu.Unlock()
	}()
	if s.closed {
		return 0
	}
	return s.n
}

func (s *store) flagged() int {
	s.mu.Lock()
	locked := true
	defer func() {
		if locked {
			s.mu.Unlock()
		}
	}()
	if s.closed {
		s.mu.Unlock()
		locked = false
		return 0
	}
	return s.n
}

// The same condition twice.
func (s *store) optional(lock bool) int {
	if lock {
		s.mu.Lock()
	}
	s.n++
	n := s.n
	if lock {
		s.mu.Unlock()
	}
	return n
}

func (s *store) byFlag(fast bool) (n int) {
	held := false
	if !fast {
		s.mu.Lock()
		held = true
	}
	n = s.n
	if held {
		s.mu.Unlock()
	}
	return n
}

func (s *store) byError(err error) error {
	if err != nil {
		s.mu.Lock()
	}
	s.n++
	if err != nil {
		s.mu.Unlock()
		return err
	}
	return nil
}

// Helpers that return with the lock, and those who release it.
type file struct {
	mu     sync.Mutex
	closed bool
	n      int
}

func (f *file) begin() error {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return os.ErrClosed
	}
	return nil
}

func (f *file) end() { f.mu.Unlock() }

func (f *file) write() error {
	if err := f.begin(); err != nil {
		return err
	}
	defer f.end()
	f.n++
	return nil
}

// Without the name of a helper, but with one who releases: only suspected.
type gate struct {
	mu   sync.Mutex
	shut bool
	n    int
}

func (g *gate) ready() bool {
	g.mu.Lock() // want `^suspected: gate.mu is not released on every way out: .*; only suspected: it may be up to the caller`
	if g.shut {
		g.mu.Unlock()
		return false
	}
	return true
}

func (g *gate) done() { g.mu.Unlock() }

func (g *gate) use() {
	if g.ready() {
		g.n++
		g.done()
	}
}

// The caller is given what releases it.
func (s *store) locked() (n int, unlock func()) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return 0, func() {}
	}
	return s.n, s.mu.Unlock
}

func (s *store) kept() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.free = func() { s.mu.Unlock() }
}

// A guard that has the address.
type hold struct{ mu *sync.Mutex }

func (h hold) release() { h.mu.Unlock() }

func (s *store) hold() hold {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return hold{new(sync.Mutex)}
	}
	return hold{&s.mu}
}

// The process ends, or the goroutine that goes on releases it.
func (s *store) must() int {
	s.mu.Lock()
	if s.closed {
		log.Fatal("closed")
	}
	if s.n < 0 {
		panic("negative")
	}
	n := s.n
	s.mu.Unlock()
	return n
}

func (s *store) async() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	go func() {
		defer s.mu.Unlock()
		s.n++
	}()
}

// A lock of one's own.
type spin struct {
	mu sync.Mutex
	n  int
}

func (s *spin) Lock() {
	s.mu.Lock()
	if s.n > 0 {
		s.n--
		return
	}
	s.mu.Unlock()
	s.mu.Lock()
}

func (s *spin) Unlock() { s.mu.Unlock() }

// Element by element.
func sum(stores []*store) (n int) {
	for _, s := range stores {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			continue
		}
		n += s.n
		s.mu.Unlock()
	}
	return n
}

// A loop that waits with the lock released.
func (s *store) wait() {
	s.mu.Lock()
	for !s.closed {
		s.mu.Unlock()
		s.mu.Lock()
	}
	s.mu.Unlock()
}
