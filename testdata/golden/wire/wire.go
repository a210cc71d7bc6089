// Package wire sends messages. It belongs to another module than its users, so
// what it does reaches them by facts.
package wire

import (
	"net"
	"sync"
)

// A Conn is a connection that is made when it is first needed.
type Conn struct {
	Addr string

	mu   sync.Mutex
	conn net.Conn
}

// Send sends a message, over the network.
func (c *Conn) Send(msg []byte) error {
	conn, err := c.dial()
	if err != nil {
		return err
	}
	_, err = conn.Write(msg)
	return err
}

func (c *Conn) dial() (net.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		return c.conn, nil
	}
	conn, err := net.Dial("tcp", c.Addr)
	c.conn = conn
	return conn, err
}

// Size returns how many bytes a message has on the wire.
func Size(msg []byte) int { return len(msg) + 4 }
