package direct

import (
	"context"
	"net"
	"net/http"
	"time"
)

// transport speaks another protocol than HTTP.
type transport struct {
	dialTimeout time.Duration
	dialer      net.Dialer
}

// The request is one that goes out, and the transport has to heed its context.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := context.Background() // want `^likely: context.Background takes the place of the context in scope for \(\*net.Dialer\).DialContext`
	if t.dialTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, t.dialTimeout)
		defer cancel()
	}
	conn, err := t.dialer.DialContext(ctx, "tcp", r.URL.Host)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := r.Write(conn); err != nil {
		return nil, err
	}
	return nil, net.ErrClosed
}
