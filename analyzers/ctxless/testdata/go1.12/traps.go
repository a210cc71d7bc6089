package old

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
)

// TLS has no form that takes a context yet.
func dialTLS(ctx context.Context, addr string) {
	tls.Dial("tcp", addr, nil)
	tls.DialWithDialer(&net.Dialer{}, "tcp", addr, nil)
}

func given(ctx context.Context, c *http.Client, u string) error {
	req, err := http.NewRequest("GET", u, nil)
	if err != nil {
		return err
	}
	_, err = c.Do(req.WithContext(ctx))
	return err
}
