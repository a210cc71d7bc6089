// Package ways keeps locks. Each Lock says which ways there are on which it is kept.
package ways

import (
	"os"
	"sync"
)

type box struct {
	mu     sync.Mutex
	closed bool
	free   func()
}

func early(b *box) {
	b.mu.Lock() // want `returns, released elsewhere`
	if b.closed {
		return
	}
	b.mu.Unlock()
}

func round(b *box) {
	for {
		b.mu.Lock() // want `again, released elsewhere`
		if b.closed {
			continue
		}
		b.mu.Unlock()
		return
	}
}

func never(b *box) {
	b.mu.Lock() // want `returns`
}

func same(b *box, lock bool) {
	if lock {
		b.mu.Lock()
	}
	if lock {
		b.mu.Unlock()
	}
}

func flag(b *box) {
	held := false
	if b.closed {
		b.mu.Lock()
		held = true
	}
	if held {
		b.mu.Unlock()
	}
}

func field(b *box) {
	if b.free != nil {
		b.mu.Lock()
	}
	if b.free != nil {
		b.mu.Unlock()
	}
}

func deferred(b *box) {
	defer b.mu.Unlock()
	b.mu.Lock()
}

func exits(b *box) {
	b.mu.Lock()
	if b.closed {
		os.Exit(1)
	}
	b.mu.Unlock()
}

func fails(b *box) {
	b.mu.Lock()
	if b.closed {
		die()
	}
	b.mu.Unlock()
}

func die() { panic("closed") }

func literal(b *box) {
	b.mu.Lock()
	b.free = func() { b.mu.Unlock() }
}

func address(b *box) *sync.Mutex {
	b.mu.Lock()
	return &b.mu
}

func gap(b *box) {
	b.mu.Unlock()
	b.mu.Lock()
}

func tried(b *box) {
	if !b.mu.TryLock() {
		b.mu.Lock()
	}
	b.mu.Unlock()
}
