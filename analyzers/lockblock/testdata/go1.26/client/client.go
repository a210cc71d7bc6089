// Package client is a library: no request comes in, but its callers have contexts.
package client

import (
	"context"
	"net"
	"os"
	"sync"
)

type Conn struct {
	mu      sync.Mutex
	nextID  uint32
	streams map[uint32]bool
}

// A method called New opens a stream of a connection that is there already.
func (c *Conn) NewStream(ctx context.Context) uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nextID++
	c.streams[c.nextID] = true
	return c.nextID
}

func (c *Conn) size() int   { c.mu.Lock(); defer c.mu.Unlock(); return len(c.streams) }
func (c *Conn) last() int   { c.mu.Lock(); defer c.mu.Unlock(); return int(c.nextID) }
func (c *Conn) drop(id int) { c.mu.Lock(); defer c.mu.Unlock(); delete(c.streams, uint32(id)) }
func (c *Conn) reset()      { c.mu.Lock(); defer c.mu.Unlock(); clear(c.streams) }

// Whoever opens a stream waits for the network, however short its deadline is.
func (c *Conn) probe(addr string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	peer, err := net.Dial("tcp", addr) // want `^likely: Conn.mu is held while net.Dial waits for the network: whoever needs the lock waits as long, and \(\*Conn\).NewStream does, whatever becomes of its context ← takes Conn.mu ← net.Dial waits for the network ← \(\*Conn\).NewStream waits for Conn.mu here \(it is called with a context\)$`
	if err != nil {
		return err
	}
	return peer.Close()
}

// A file system mostly answers at once.
func (c *Conn) save() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return os.WriteFile("streams", nil, 0o600) // want `^suspected: .*only suspected: no request is known to wait for the lock`
}

// Nobody who has a context waits for this one, but who is done slowly himself, who starts
// it, and who makes it.
type Pool struct {
	mu   sync.Mutex
	addr string
	n    int
}

func NewPool(ctx context.Context, p *Pool) *Pool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n = 1
	return p
}

func (p *Pool) Start(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
}

func (p *Pool) get(ctx context.Context) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.n
}

func (p *Pool) Len() int { p.mu.Lock(); defer p.mu.Unlock(); return p.n }
func (p *Pool) inc()     { p.mu.Lock(); defer p.mu.Unlock(); p.n++ }
func (p *Pool) dec()     { p.mu.Lock(); defer p.mu.Unlock(); p.n-- }
func (p *Pool) zero()    { p.mu.Lock(); defer p.mu.Unlock(); p.n = 0 }

func (p *Pool) Refresh(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	net.LookupHost(p.addr) // want `^suspected: .*only suspected: no request is known to wait for the lock`
}

func (p *Pool) poll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	net.LookupHost(p.addr) // want `^suspected: .*only suspected: no request is known to wait for the lock`
}
