// Package transport speaks HTTP/2 to other machines.
package transport

import (
	"bufio"
	"net"
	"net/http"
	"sync"

	"golang.org/x/net/http2"
)

type framer struct {
	w  *bufio.Writer
	fr *http2.Framer
}

type client struct {
	framer *framer

	mu      sync.Mutex
	nextID  uint32
	streams map[uint32]bool
}

func newClient(conn net.Conn) *client {
	w := bufio.NewWriter(conn)
	return &client{framer: &framer{w: w, fr: http2.NewFramer(w)}, streams: make(map[uint32]bool)}
}

// Each call waits for the lock.
func (c *client) newStream() uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nextID += 2
	c.streams[c.nextID] = true
	return c.nextID
}

func (c *client) closeStream(id uint32) {
	c.mu.Lock()
	delete(c.streams, id)
	c.mu.Unlock()
}

func (c *client) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.closeStream(c.newStream()) }

// The other side may read nothing any more.
func (c *client) goAway(debug []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.framer.fr.WriteGoAway(c.nextID-2, debug) // want `^likely: client.mu is held while \(\*http2.Framer\).WriteGoAway waits for the network`
}

// Only the number is read under the lock.
func (c *client) trapUnlocked(debug []byte) error {
	c.mu.Lock()
	last := c.nextID - 2
	c.mu.Unlock()
	return c.framer.fr.WriteGoAway(last, debug)
}
