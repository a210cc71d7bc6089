// Package clientv3 has the names of the package that it stands for.
package clientv3

import "time"

type Config struct {
	Endpoints   []string
	DialTimeout time.Duration
	Username    string
	DialOptions []int
}

type Client struct{}

func New(cfg Config) (*Client, error) { return nil, nil }
