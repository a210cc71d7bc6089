// Package p works under locks. Each call of work says which are held.
package p

import (
	"bytes"
	"sync"
)

func work() {}

type server struct {
	mu    sync.Mutex
	rw    sync.RWMutex
	ptr   *sync.Mutex
	any   sync.Locker
	cond  *sync.Cond
	inner struct{ mu sync.Mutex }
	peer  *server
	parts []part
	n     int
}

type part struct {
	mu sync.Mutex
}

type embeds struct {
	sync.RWMutex
	n int
}

var (
	global sync.Mutex
	cache  struct {
		sync.Mutex
		m map[string]int
	}
)

func byHand(s *server) {
	work()
	s.mu.Lock()
	work() // want `^server.mu\.$`
	s.mu.Unlock()
	work()
	s.rw.RLock()
	work() // want `^server.rw read\.$`
	s.rw.RUnlock()
}

func deferred(s *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	work() // want `^server.mu deferred\.$`
	if s.n > 0 {
		work() // want `^server.mu deferred\.$`
		return
	}
	work() // want `^server.mu deferred\.$`
}

func paths(s *server) {
	s.ptr.Lock()
	s.any.Lock()
	work() // want `^server.any, server.ptr\.$`
	s.any.Unlock()
	s.ptr.Unlock()
	s.inner.mu.Lock()
	s.peer.mu.Lock()
	work()        // want `^server.inner.mu, server.mu\.$`
	s.mu.Unlock() // another one, or the peer's: who knows
	work()        // want `^server.inner.mu\.$`
	s.inner.mu.Unlock()
	global.Lock()
	cache.Lock()
	work() // want `^cache.Mutex, global\.$`
	cache.Unlock()
	global.Unlock()
	s.cond.L.Lock()
	work() // want `^server.cond.L\.$`
	s.cond.L.Unlock()
}

func embedded(e *embeds) {
	e.RLock()
	work() // want `^embeds.RWMutex read\.$`
	e.RUnlock()
	e.Lock()
	defer e.Unlock()
	work() // want `^embeds.RWMutex deferred\.$`
}

func variables(s *server, param *sync.Mutex) {
	var mu sync.Mutex
	mu.Lock()
	work() // want `^mu\.$`
	mu.Unlock()
	param.Lock()
	work() // want `^param\.$`
	param.Unlock()
	m := &s.mu
	m.Lock()
	work() // want `^server.mu\.$`
	s.mu.Unlock()
	work()
}

func conditional(s *server, need bool) {
	if need {
		s.mu.Lock()
		work() // want `^server.mu\.$`
	}
	work()
	if need {
		s.mu.Unlock()
	}
	work()
}

func either(s *server, write bool) {
	if write {
		s.rw.Lock()
	} else {
		s.rw.RLock()
	}
	work() // want `^server.rw, server.rw read\.$`
	s.rw.Unlock()
}

func unlockedOnOne(s *server, early bool) {
	s.mu.Lock()
	if early {
		s.mu.Unlock()
		work()
		return
	}
	work() // want `^server.mu\.$`
	s.mu.Unlock()
}

func unlockedOnSome(s *server, early bool) {
	s.mu.Lock()
	if early {
		s.mu.Unlock()
	}
	work()
}

func conditionalDefer(s *server, need bool) {
	if need {
		s.mu.Lock()
		defer s.mu.Unlock()
		work() // want `^server.mu deferred\.$`
	}
	work()
}

func gap(s *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	work() // want `^server.mu deferred\.$`
	s.mu.Unlock()
	work()
	s.mu.Lock()
	work() // want `^server.mu\.$`
}

func loop(s *server) {
	for range 3 {
		work()
		s.mu.Lock()
		work() // want `^server.mu\.$`
		s.mu.Unlock()
	}
	work()
	s.mu.Lock()
	for range 3 {
		work() // want `^server.mu\.$`
	}
	s.mu.Unlock()
}

func leaks(s *server) {
	for range 3 {
		work()
		s.mu.Lock()
	}
	work()
}

func tries(s *server) {
	if s.mu.TryLock() {
		work() // want `^server.mu\.$`
		s.mu.Unlock()
	}
	if !s.rw.TryRLock() {
		work()
		return
	}
	work() // want `^server.rw read\.$`
	s.rw.RUnlock()
	ok := s.mu.TryLock()
	work()
	if ok && s.n > 0 {
		work() // want `^server.mu\.$`
	}
}

func elements(s *server, i, j int) {
	s.parts[i].mu.Lock()
	work() // want `^part.mu\.$`
	s.parts[j].mu.Unlock()
	work()
	p := &s.parts[i]
	p.mu.Lock()
	work() // want `^part.mu\.$`
	p.mu.Unlock()
	for k := range s.parts {
		s.parts[k].mu.Lock()
		work() // want `^part.mu\.$`
	}
	work()
}

func order(s *server) {
	defer work()
	s.mu.Lock()
	defer s.mu.Unlock()
	defer work() // want `^server.mu deferred\.$`
}

func byHandAfterDefer(s *server) {
	s.mu.Lock()
	defer work()
	s.mu.Unlock()
}

func spawns(s *server) {
	s.mu.Lock()
	go work()
	go func() {
		work()
	}()
	func() {
		work()
	}()
	s.mu.Unlock()
}

func handsOver(s *server) {
	s.mu.Lock()
	go func() {
		defer s.mu.Unlock()
		work()
	}()
	work()
}

// Helpers.

func (s *server) lock() *server {
	s.mu.Lock()
	return s
}

func (s *server) unlock()      { s.mu.Unlock() }
func (s *server) unlockTwice() { s.unlock() }

func (s *server) unlockLater() {
	defer s.mu.Unlock()
	work()
}

func (s *server) around() {
	s.mu.Unlock()
	work()
	s.mu.Lock()
	work() // want `^server.mu\.$`
}

func (s *server) aroundDeferred() {
	s.mu.Unlock()
	defer s.mu.Lock()
	work()
}

func (s *server) maybe() bool {
	if s.n > 0 {
		s.mu.Lock()
		return true
	}
	return false
}

// The caller's lock is gone on one of the ways.
func (s *server) perhaps() {
	if s.n > 0 {
		s.mu.Unlock()
	}
}

func (s *server) twice() {
	s.around()
	s.mu.Unlock()
	work()
}

func (s *server) relocks() {
	s.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	work() // want `^server.mu deferred\.$`
}

func gone(s *server) {
	s.mu.Lock()
	s.perhaps()
	work()
	s.mu.Lock()
	s.twice()
	work()
	s.mu.Lock()
	s.relocks()
	work()
}

func takeBoth(a, b *server) {
	a.mu.Lock()
	b.rw.RLock()
}

func helped(s, t *server) {
	s.lock()
	work() // want `^server.mu\.$`
	s.unlockTwice()
	work()
	s.lock()
	s.unlockLater()
	work()
	s.lock()
	defer s.unlock()
	work() // want `^server.mu deferred\.$`
	s.around()
	work() // want `^server.mu deferred\.$`
	s.aroundDeferred()
	work() // want `^server.mu deferred\.$`
	s.unlock()
	s.maybe()
	work()
	takeBoth(s, t)
	work() // want `^server.mu, server.rw read\.$`
	s.unlock()
	work() // want `^server.rw read\.$`
	t.unlock()
	work() // want `^server.rw read\.$`
}

func literals(s *server) {
	unlock := func() { s.mu.Unlock() }
	s.mu.Lock()
	work() // want `^server.mu\.$`
	unlock()
	work()
	s.mu.Lock()
	defer func() {
		s.n++
		s.mu.Unlock()
	}()
	work() // want `^server.mu deferred\.$`
}

func bound(s *server) {
	lock, unlock := s.mu.Lock, s.unlock
	lock()
	work() // want `^server.mu\.$`
	unlock()
	work()
	release := s.rw.RUnlock
	s.rw.RLock()
	defer release()
	work() // want `^server.rw read deferred\.$`
}

func passes(s *server, run func(func())) {
	s.mu.Lock()
	work() // want `^server.mu\.$`
	run(func() { s.mu.Unlock() })
	work()
	s.mu.Lock()
	each(func() {
		s.mu.Unlock()
		work()
		s.mu.Lock()
		work() // want `^server.mu\.$`
	})
	work() // want `^server.mu\.$`
}

func each(f func()) { f() }

func passesMethods(s *server) {
	s.mu.Lock()
	each(s.mu.Unlock)
	work()
	s.mu.Lock()
	each(s.unlock)
	work()
	global.Lock()
	each(unlockGlobal)
	work()
	global.Lock()
	each(s.lockRW)
	work() // want `^global\.$`
}

func unlockGlobal()       { global.Unlock() }
func (s *server) lockRW() { s.rw.Lock() }

func gives(s *server, take func(*sync.Mutex)) {
	s.mu.Lock()
	c := sync.NewCond(&s.mu)
	work()
	s.rw.Lock()
	bytes.NewBuffer(nil).WriteString("")
	c.Wait()
	work() // want `^server.rw\.$`
}

func recursive(s *server, n int) {
	s.mu.Lock()
	if n > 0 {
		recursive(s, n-1)
	}
	work() // want `^server.mu\.$`
	s.mu.Unlock()
}

// Each of these may release the lock, by way of the others.

func (s *server) ping(n int) {
	if n > 0 {
		s.pong(n - 1)
	}
}

func (s *server) pong(n int) {
	if n == 1 {
		s.flush()
	}
	s.ping(n)
}

func (s *server) flush() {
	s.ping(0)
	s.mu.Unlock()
	work()
	s.mu.Lock()
}

func circle(s *server) {
	s.mu.Lock()
	s.ping(3)
	work() // want `^server.mu\.$`
	defer s.ping(1)
	s.mu.Unlock()
}

// A lock by another name.

type spin struct{ mu sync.Mutex }

func (l *spin) Lock()   { l.mu.Lock() }
func (l *spin) Unlock() { l.mu.Unlock() }

type book struct{ guard spin }

func wrapped(b *book) {
	b.guard.Lock()
	work() // want `^book.guard\.$`
	b.guard.Unlock()
	work()
}

// Not a lock: it may fail.

type file struct{}

func (file) Lock() error { return nil }
func (file) Unlock()     {}

func flock(f file) {
	f.Lock()
	work()
	f.Unlock()
}

// Generic code.

type table[K comparable] struct {
	mu sync.Mutex
	m  map[K]int
}

func (t *table[K]) lock() { t.mu.Lock() }

func (t *table[K]) get(k K) int {
	t.lock()
	defer t.mu.Unlock()
	work() // want `^table.mu deferred\.$`
	return t.m[k]
}

func use(t *table[string]) {
	t.lock()
	work() // want `^table.mu\.$`
	t.mu.Unlock()
}
