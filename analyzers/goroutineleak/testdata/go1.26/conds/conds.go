// Package conds waits for conditions.
package conds

import "sync"

// Nobody signals.
type plugin struct {
	mu     sync.Mutex
	active *sync.Cond
	ready  bool
}

func newPlugin() *plugin {
	p := new(plugin)
	p.active = sync.NewCond(&p.mu)
	go p.wait() // want `likely: .* waits for the condition active, and nothing calls Signal or Broadcast on it`
	return p
}

func (p *plugin) wait() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.ready {
		p.active.Wait()
	}
}

// A signal that was given before is lost.
type mailbox struct {
	mu   sync.Mutex
	cond sync.Cond
	n    int
}

func newMailbox() *mailbox {
	m := new(mailbox)
	m.cond.L = &m.mu
	go m.next() // want `suspected: .* waits for the condition cond, and it does not look first`
	return m
}

func (m *mailbox) next() {
	m.mu.Lock()
	m.cond.Wait()
	m.n--
	m.mu.Unlock()
}

func (m *mailbox) Put() {
	m.mu.Lock()
	m.n++
	m.mu.Unlock()
	m.cond.Signal()
}

// What the loop asks never changes.
type removal struct {
	mu   sync.Mutex
	cond *sync.Cond
}

func newRemoval() *removal {
	r := new(removal)
	r.cond = sync.NewCond(&r.mu)
	go r.remove() // want `likely: .* waits for the condition cond, and nothing changes what the loop around it asks`
	return r
}

func (r *removal) remove() {
	r.mu.Lock()
	defer r.mu.Unlock()
	exists := true
	for exists {
		r.cond.Wait()
	}
}

func (r *removal) Removed() { r.cond.Broadcast() }

// A queue, as it is meant: looked at before and after, and signalled.
type queue struct {
	mu     sync.Mutex
	cond   *sync.Cond
	items  []int
	closed bool
}

func newQueue() *queue {
	q := new(queue)
	q.cond = sync.NewCond(&q.mu)
	go q.work()
	return q
}

func (q *queue) work() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		for len(q.items) == 0 && !q.closed {
			q.cond.Wait()
		}
		if q.closed {
			return
		}
		q.items = q.items[1:]
	}
}

func (q *queue) Put(n int) {
	q.mu.Lock()
	q.items = append(q.items, n)
	q.mu.Unlock()
	q.cond.Signal()
}

func (q *queue) Close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.cond.Broadcast()
}

// Asked once, by a condition around it.
type gate struct {
	mu   sync.Mutex
	cond *sync.Cond
	open bool
}

func newGate() *gate {
	g := new(gate)
	g.cond = sync.NewCond(&g.mu)
	go func() {
		g.mu.Lock()
		if !g.open {
			g.cond.Wait()
		}
		g.mu.Unlock()
	}()
	return g
}

func (g *gate) Open() {
	g.mu.Lock()
	g.open = true
	g.mu.Unlock()
	g.cond.Broadcast()
}

// Any package may signal.
type Shared struct {
	Cond  *sync.Cond
	Ready bool
}

func (s *Shared) start() {
	go func() {
		s.Cond.L.Lock()
		for !s.Ready {
			s.Cond.Wait()
		}
		s.Cond.L.Unlock()
	}()
}
