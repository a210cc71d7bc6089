// Package redis is a client of a cache.
package redis

import (
	"net"
	"net/http"
)

type Client struct{ conn net.Conn }

func Dial(addr string) (*Client, error) {
	conn, err := net.Dial("tcp", addr)
	return &Client{conn}, err
}

func (c *Client) Get(key string) (string, error) {
	if _, err := c.conn.Write([]byte(key)); err != nil {
		return "", err
	}
	b := make([]byte, 100)
	n, err := c.conn.Read(b)
	return string(b[:n]), err
}

// Challenge answers a request, and may ask somebody.
func (c *Client) Challenge(w http.ResponseWriter, r *http.Request) bool {
	_, err := c.Get(r.URL.Path)
	return err == nil
}
