// Package q has locks.
package q

import "sync"

type Table struct {
	mu   sync.RWMutex
	rows struct {
		sync.Mutex
		n int
	}
	next *Table
}

func (t *Table) Get() int { // want `^0.mu read\.$`
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.rows.n
}

func (t *Table) Set(n int) { // want `^0.mu, 0.rows.Mutex\.$`
	t.mu.Lock()
	defer t.mu.Unlock()
	if n > 0 {
		return
	}
	t.touch()
}

func (t *Table) touch() { // want `^0.rows.Mutex\.$`
	for range 3 {
		t.rows.Lock()
		t.rows.n++
		t.rows.Unlock()
	}
}

func (t *Table) Each(f func()) { // want `^0.mu, calls 1 under \[0.mu\]\.$`
	t.mu.Lock()
	defer t.mu.Unlock()
	f()
}

func (t *Table) After(f func()) { // want `^0.mu, calls 1 under \[\]\.$`
	t.mu.Lock()
	t.mu.Unlock()
	f()
}

func (t *Table) Gap() {
	t.mu.Unlock()
	t.mu.Lock()
}

func (t *Table) Flag(lock bool) {
	if lock {
		t.mu.Lock()
		defer t.mu.Unlock()
	}
}

func (t *Table) Later() func() {
	go t.Get()
	return func() { t.mu.Lock() }
}

func (t *Table) Last() int {
	for t.next != nil {
		t = t.next
	}
	return t.Get() // of another one
}

var global sync.Mutex

func Global() {
	global.Lock()
	global.Unlock()
}
