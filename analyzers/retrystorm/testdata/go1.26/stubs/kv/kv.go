// Package kv is a client of a store that many share.
package kv

import (
	"context"
	"net"
	"time"
)

type Event struct{ Key, Value string }

type Watcher interface {
	Watch(ctx context.Context, key string) <-chan Event
}

type Client struct {
	Watcher
	conn net.Conn
}

func (c *Client) Get(ctx context.Context, key string) (string, error) {
	if _, err := c.conn.Write([]byte(key)); err != nil {
		return "", err
	}
	buf := make([]byte, 100)
	n, err := c.conn.Read(buf)
	return string(buf[:n]), err
}

// Receive waits for the next message.
func (c *Client) Receive(ctx context.Context) (string, error) {
	buf := make([]byte, 100)
	n, err := c.conn.Read(buf)
	return string(buf[:n]), err
}

// GetPatiently retries by itself.
func (c *Client) GetPatiently(ctx context.Context, key string) (v string, err error) {
	for range 5 {
		if v, err = c.Get(ctx, key); err == nil {
			return v, nil
		}
		time.Sleep(time.Second)
	}
	return "", err
}

func Dial(addr string) (*Client, error) {
	conn, err := net.Dial("tcp", addr)
	return &Client{conn: conn}, err
}
