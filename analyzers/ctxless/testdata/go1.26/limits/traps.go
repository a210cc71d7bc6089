package limits

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Outside requests a dial with a timeout is bounded well enough.
func bounded(ctx context.Context, addr string) {
	net.DialTimeout("tcp", addr, time.Second)
	(&net.Dialer{Timeout: time.Second}).Dial("tcp", addr)
	d := &net.Dialer{}
	d.Timeout = time.Second
	d.Dial("tcp", addr)
	tls.DialWithDialer(d, "tcp", addr, nil)
	(&tls.Dialer{NetDialer: d}).Dial("tcp", addr)
}

// A dialer that is given: it may have one.
func given(ctx context.Context, d *net.Dialer, addr string) { d.Dial("tcp", addr) }

// This machine answers or refuses at once.
func nearby(ctx context.Context, port int) {
	net.Dial("unix", "/run/shop.sock")                     // want `^suspected`
	net.Dial("tcp", "localhost:8080")                      // want `^suspected`
	net.Dial("udp", fmt.Sprint("metrics:", port))          // want `^suspected`
	http.Get("http://127.0.0.1:8080/healthz")              // want `^suspected`
	http.Get("http://localhost:" + fmt.Sprint(port))       // want `^suspected`
	http.Get(fmt.Sprintf("http://[::1]:%d/healthz", port)) // want `^suspected`
}

// No packet is sent: this is how a program learns its own address.
func ownAddress(ctx context.Context) net.Addr {
	c, err := net.Dial("udp", "192.0.2.1:9")
	if err != nil {
		return nil
	}
	defer c.Close()
	return c.LocalAddr()
}

// The transport gives each request a deadline.
type hurried struct{ next http.RoundTripper }

func (h *hurried) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	return h.next.RoundTrip(r.WithContext(ctx))
}

var hurry = &http.Client{Transport: &hurried{next: http.DefaultTransport}}

func viaHurried(ctx context.Context, u string) error {
	hurry.Get(u)                               // want `^suspected`
	req, err := http.NewRequest("GET", u, nil) // want `^suspected`
	if err != nil {
		return err
	}
	_, err = hurry.Do(req)
	return err
}

// The request goes out: the function serves none.
func sign(r *http.Request) { net.DialTimeout("tcp", r.Host, time.Second) }
