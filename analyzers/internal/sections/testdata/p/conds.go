package p

import "sync"

type waiter struct {
	mu     sync.RWMutex
	ready  *sync.Cond
	inline sync.Cond
	reads  *sync.Cond
	either *sync.Cond
	other  sync.Mutex
	byName map[string]*sync.Mutex
}

func newWaiter(b bool) *waiter {
	w := &waiter{}
	w.ready = sync.NewCond(&w.mu)
	w.inline.L = &w.mu
	w.reads = sync.NewCond(w.mu.RLocker())
	w.either = sync.NewCond(&w.mu)
	if b {
		w.either = sync.NewCond(&w.other)
	}
	return w
}

type bell struct {
	sync.Mutex
	c *sync.Cond
}

func newBell() *bell {
	b := new(bell)
	b.c = sync.NewCond(b)
	return b
}

func condLocks(w *waiter, b *bell, name string) {
	w.ready.L.Lock()
	work() // want `^waiter.mu\.$`
	w.mu.Unlock()
	work()
	w.inline.L.Lock()
	work() // want `^waiter.mu\.$`
	w.inline.L.Unlock()
	w.reads.L.Lock()
	work() // want `^waiter.mu read\.$`
	w.mu.RUnlock()
	w.mu.RLocker().Lock()
	work() // want `^waiter.mu read\.$`
	w.mu.RLocker().Unlock()
	w.either.L.Lock()
	work() // want `^waiter.either.L\.$`
	w.either.L.Unlock()
	b.c.L.Lock()
	work() // want `^bell.Mutex\.$`
	b.Unlock()
	work()
	w.byName[name].Lock()
	work() // want `^waiter.byName\[…\]\.$`
	w.byName[name].Unlock()
	for _, m := range w.byName {
		m.Lock()
		work() // want `^waiter.byName\[…\]\.$`
		m.Unlock()
	}
	work()
}
