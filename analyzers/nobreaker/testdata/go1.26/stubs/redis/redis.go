// Package redis is a client of a cache.
package redis

import "net"

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
