// Package ways leaves functions with locks that it has taken.
package ways

import (
	"errors"
	"net"
	"sync"
	"time"
)

var errClosed = errors.New("closed")

type devices struct {
	mu      sync.Mutex
	deleted int
	closed  bool
	conn    net.Conn
}

func (d *devices) cleanup() error {
	d.mu.Lock() // want `^likely: devices.mu is not released on every way out: whoever takes it after such a return waits for ever ← takes devices.mu ← returns and has not released it$`
	if d.deleted == 0 {
		return nil
	}
	d.deleted = 0
	d.mu.Unlock()
	return errClosed
}

// A loop that is left with the lock.
func (d *devices) bootstrap() {
	for {
		d.mu.Lock() // want `^likely: devices.mu is not released on every way out`
		if d.closed {
			break
		}
		d.mu.Unlock()
		time.Sleep(time.Second)
	}
}

// A loop that comes back to Lock.
func (d *devices) dial() {
	for {
		d.mu.Lock() // want `^likely: devices.mu is taken again while it is held: .* ← takes devices.mu ← comes to take it again, with no Unlock on the way$`
		c, err := net.Dial("tcp", "localhost:1")
		if err != nil {
			continue
		}
		d.conn = c
		d.mu.Unlock()
		return
	}
}

func (d *devices) drain() {
	d.mu.Lock()
	if d.closed {
		d.mu.Lock() // want `^likely: devices.mu is taken again while it is held`
		return
	}
	d.closed = true
	d.mu.Unlock()
}

// In a literal that runs later.
func (d *devices) expire(after time.Duration, aborted func() bool) {
	time.AfterFunc(after, func() {
		d.mu.Lock() // want `^likely: devices.mu is not released on every way out`
		if aborted() {
			return
		}
		d.deleted++
		d.mu.Unlock()
	})
}

// One case of many.
func (d *devices) handle(kind int) (n int, err error) {
	d.mu.Lock() // want `^likely: devices.mu is not released on every way out`
	switch kind {
	case 0:
		n = d.deleted
	case 1:
		if d.conn == nil {
			return 0, errClosed
		}
		n = 1
	default:
		d.mu.Unlock()
		return 0, errors.New("kind")
	}
	d.mu.Unlock()
	return n, nil
}

type client struct {
	mu     sync.RWMutex
	cancel func()
}

type remote struct{ client *client }

// The name says that it returns with a lock, but nobody releases it.
func (r *remote) acquire() error {
	for {
		r.client.mu.RLock() // want `^likely: client.mu is not released on every way out`
		if r.client.cancel == nil {
			return errClosed
		}
		r.client.mu.RUnlock()
	}
}

func (c *client) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel = nil
}
