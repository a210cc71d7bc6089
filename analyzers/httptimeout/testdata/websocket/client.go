// Package websocket has the names of the package that it stands for.
package websocket

import (
	"net/http"
	"net/url"
	"time"
)

// A Dialer has a variable of the package, by which importers go.
type Dialer struct {
	Proxy            func(*http.Request) (*url.URL, error)
	HandshakeTimeout time.Duration
}

// DefaultDialer has no limit.
var DefaultDialer = &Dialer{ // want `likely: without HandshakeTimeout the handshake waits for ever`
	Proxy: http.ProxyFromEnvironment,
}

// CarefulDialer has one.
var CarefulDialer = &Dialer{HandshakeTimeout: 45 * time.Second}

// Dial is what the package does for importers.
func (d *Dialer) Dial(u string) error { return nil }

func dial(u string) error { return (&Dialer{}).Dial(u) }
