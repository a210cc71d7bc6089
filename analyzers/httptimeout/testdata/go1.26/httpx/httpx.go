// Package httpx makes clients and servers for other packages.
package httpx

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Unbounded has no Timeout.
func Unbounded() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
}

// Bounded has one.
func Bounded() (*http.Client, error) {
	c := &http.Client{}
	c.Timeout = time.Second
	return c, nil
}

// Waiting has a transport that bounds the wait.
func Waiting() *http.Client {
	return &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: time.Second}}
}

// Shared is for all.
var Shared = &http.Client{Transport: http.DefaultTransport}

// Serve bounds what it is given.
func Serve(srv *http.Server, l net.Listener) error {
	if srv.ReadHeaderTimeout == 0 {
		srv.ReadHeaderTimeout = 10 * time.Second
	}
	return srv.Serve(l)
}

// Run serves what it is given as it comes.
func Run(srv *http.Server) error { return srv.ListenAndServe() }

// NewServer leaves the timeouts to its callers.
func NewServer(h http.Handler) *http.Server { return &http.Server{Handler: h} }

// Context has a deadline.
func Context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Minute)
}
