// Package hub waits under locks for those who need the same lock.
package hub

import (
	"context"
	"sync"
)

type event struct{}

// Close waits, under the lock, for a loop that takes it for each event.
type broadcaster struct {
	mu      sync.Mutex
	seen    map[event]bool
	events  chan event
	stopped chan struct{}
}

func NewBroadcaster() *broadcaster {
	b := &broadcaster{seen: make(map[event]bool), events: make(chan event, 1), stopped: make(chan struct{})}
	go b.loop()
	go b.Close() // want `likely: this goroutine may never end: it receives from stopped, and it holds broadcaster.mu, which whoever would end that wait needs first`
	return b
}

func (b *broadcaster) loop() {
	defer close(b.stopped)
	for e := range b.events {
		b.note(e)
	}
}

func (b *broadcaster) note(e event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen[e] = true
}

func (b *broadcaster) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.events)
	<-b.stopped
}

// A message is sent with the lock held that the receiver needs between two.
type status struct {
	mu      sync.RWMutex
	pods    map[string]int
	changes chan string
}

func NewStatus() *status {
	s := &status{pods: make(map[string]int), changes: make(chan string)}
	go s.sync()
	return s
}

func (s *status) sync() {
	for name := range s.changes {
		s.mu.Lock()
		delete(s.pods, name)
		s.mu.Unlock()
	}
}

func (s *status) Set(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pods[name]++
	s.changes <- name // want `likely: whoever comes here may wait for ever: it sends to changes, and it holds status.mu`
}

func (s *status) Close() { close(s.changes) }

// The lock is held by who calls what waits.
type keeper struct {
	sync.Mutex
	ask  chan chan int
	size int
}

func NewKeeper() *keeper {
	k := &keeper{ask: make(chan chan int)}
	go k.serve()
	return k
}

func (k *keeper) serve() {
	for reply := range k.ask {
		k.Lock()
		n := k.size
		k.Unlock()
		reply <- n
	}
}

func (k *keeper) Size() int {
	k.Lock()
	defer k.Unlock()
	return k.query()
}

func (k *keeper) query() int {
	reply := make(chan int)
	k.ask <- reply // want `likely: whoever comes here .* sends to ask, and it holds keeper.Mutex`
	return <-reply
}

func (k *keeper) Close() { close(k.ask) }

// Workers are waited for under the lock that they need to finish.
type pool struct {
	mu   sync.Mutex
	wg   sync.WaitGroup
	done int
}

func (p *pool) Start(n int) {
	for range n {
		p.wg.Add(1)
		go func() {
			defer p.wg.Done()
			p.finish()
		}()
	}
}

func (p *pool) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
}

func (p *pool) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wg.Wait() // want `likely: whoever comes here .* waits for the wait group wg, and it holds pool.mu`
}

// A reader leaves by the lock that a writer holds while it sends to it.
type topic struct {
	mu   sync.Mutex
	subs map[*subscriber]bool
}

type subscriber struct{ inbox chan event }

func (t *topic) Publish(e event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for s := range t.subs {
		s.inbox <- e // want `likely: whoever comes here .* sends to inbox, and the other end can leave without waiting for it`
	}
}

func (t *topic) Subscribe(ctx context.Context, f func(event)) {
	s := &subscriber{make(chan event)}
	t.mu.Lock()
	t.subs[s] = true
	t.mu.Unlock()
	for {
		select {
		case e := <-s.inbox:
			f(e)
		case <-ctx.Done():
			t.remove(s)
			return
		}
	}
}

func (t *topic) remove(s *subscriber) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.subs, s)
}

// The loop can leave, and then nobody answers. Elsewhere the same send has a way out.
type merger struct {
	out  chan event
	quit chan struct{}
}

func NewMerger() *merger {
	m := &merger{out: make(chan event), quit: make(chan struct{})}
	go m.drain()
	go m.merge(nil) // want `likely: .* sends to out, and the other end can leave without waiting for it`
	return m
}

func (m *merger) drain() {
	for {
		select {
		case <-m.out:
		case <-m.quit:
			return
		}
	}
}

func (m *merger) merge(in []event) {
	for _, e := range in {
		select {
		case m.out <- e:
		case <-m.quit:
			return
		}
	}
	m.out <- event{}
}

func (m *merger) Close() { close(m.quit) }

// The same, but nothing tells that it was forgotten.
type agent struct {
	statuses chan int
	mu       sync.Mutex
}

func (a *agent) Run(ctx context.Context) {
	for {
		select {
		case <-a.statuses:
		case <-ctx.Done():
			return
		}
	}
}

func (a *agent) Restart(n int) {
	go a.wait(n) // want `suspected: .* sends to statuses, and the other end can leave`
}

func (a *agent) wait(n int) { a.statuses <- n }

func NewAgent() *agent { return &agent{statuses: make(chan int)} }

// Of two nodes each has a lock: it may be another one that is held.
type node struct {
	mu      sync.Mutex
	n       int
	child   *node
	asks    chan int
	stopped chan struct{}
}

func NewNode(child *node) *node {
	n := &node{child: child, asks: make(chan int), stopped: make(chan struct{})}
	go func() {
		defer close(n.stopped)
		for range n.asks {
			n.mu.Lock()
			n.n++
			n.mu.Unlock()
		}
	}()
	return n
}

func (n *node) Close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.child != nil {
		close(n.child.asks)
		<-n.child.stopped // want `suspected: whoever comes here .* receives from stopped, and it holds node.mu`
	}
}

// There is room for some names, and the one who takes them out needs the lock.
type renewals struct {
	mu    sync.Mutex
	known map[string]bool
	names chan string
}

func NewRenewals() *renewals {
	r := &renewals{known: make(map[string]bool), names: make(chan string, 1)}
	go func() {
		for name := range r.names {
			r.mu.Lock()
			delete(r.known, name)
			r.mu.Unlock()
		}
	}()
	return r
}

func (r *renewals) Expire() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name := range r.known {
		r.names <- name // want `likely: whoever comes here .* sends to names, and it holds renewals.mu`
	}
}

func (r *renewals) Close() { close(r.names) }

// A value or an error, but also the end of something else.
type offer struct {
	value chan []byte
	err   chan error
	gone  chan struct{}
}

func (o *offer) settle(b []byte, err error) {
	if err != nil {
		o.err <- err
		return
	}
	o.value <- b
}

func (o *offer) await() ([]byte, error) {
	select {
	case b := <-o.value:
		return b, nil
	case err := <-o.err:
		return nil, err
	case <-o.gone:
		return nil, context.Canceled
	}
}

func (o *offer) Withdraw() { close(o.gone) }

func Offer(get func() ([]byte, error)) *offer {
	o := &offer{make(chan []byte), make(chan error), make(chan struct{})}
	go func() { o.settle(get()) }() // want `suspected: .* sends to err, and the other end can leave` `suspected: .* sends to value, and the other end can leave`
	return o
}

func (o *offer) Result() ([]byte, error) { return o.await() }
