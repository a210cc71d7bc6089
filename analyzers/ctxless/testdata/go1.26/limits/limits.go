// Package limits has I/O that something else bounds, or that does not leave the machine.
package limits

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// A dialer made here without a timeout.
func plain(ctx context.Context, addr string) {
	var d net.Dialer
	d.Dial("tcp", addr) // want `^proven: \(\*net\.Dialer\)\.Dial ignores`
	e := &net.Dialer{KeepAlive: time.Minute}
	e.Dial("tcp", addr) // want `^proven: \(\*net\.Dialer\)\.Dial ignores`
}

// A timeout bounds the dial, but the request is over long before.
func inHandler(w http.ResponseWriter, r *http.Request) {
	d := net.Dialer{Timeout: time.Minute}
	d.Dial("tcp", r.Host) // want `^proven: \(\*net\.Dialer\)\.Dial ignores`
}

// A client with a timeout: the wait is bounded, yet nobody can end it.
func withTimeout(ctx context.Context, u string) {
	c := &http.Client{Timeout: time.Minute}
	c.Get(u) // want `^proven: \(\*http\.Client\)\.Get ignores`
}

// The host is not known to be this one.
func remote(ctx context.Context, host string) {
	http.Get("http://" + host)                          // want `^proven`
	http.Get(fmt.Sprintf("http://%s.localhost/", host)) // want `^proven`
	http.Get("http://localhost.example.com/")           // want `^proven`
}

// A transport that bounds nothing.
type tagged struct{ next http.RoundTripper }

func (t *tagged) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("X-Tag", "1")
	return t.next.RoundTrip(r)
}

func viaTagged(ctx context.Context, u string) {
	c := &http.Client{Transport: &tagged{next: http.DefaultTransport}}
	c.Get(u) // want `^proven`
}
