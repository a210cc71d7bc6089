// Package ssh has the names of the package that it stands for.
package ssh

import (
	"net"
	"time"
)

type ClientConfig struct {
	User    string
	Timeout time.Duration
}

type Client struct{}

func Dial(network, addr string, config *ClientConfig) (*Client, error) { return nil, nil }

func NewClientConn(c net.Conn, addr string, config *ClientConfig) error { return nil }
