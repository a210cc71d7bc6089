// Package users goes by the clients and servers of another package.
package users

import (
	"net"
	"net/http"
	"time"

	"example.com/httptimeout/httpx"
)

type api struct{ client *http.Client }

func newAPI() *api {
	return &api{client: httpx.Unbounded()} // want `likely: this client has no Timeout, .* ← example.com/httptimeout/httpx.Unbounded makes it ← \(\*http.Client\).Get takes no context`
}

func (a *api) get(url string) { a.client.Get(url) }

func shared(url string) {
	httpx.Shared.Get(url) // want `likely: this client has no Timeout`
}

func bounded(url string) {
	c, err := httpx.Bounded()
	if err != nil {
		return
	}
	c.Get(url)
	httpx.Waiting().Get(url)
	own := httpx.Unbounded()
	own.Timeout = time.Second
	own.Get(url)
	d := httpx.Unbounded()
	ctx, cancel := httpx.Context()
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	d.Do(req)
}

func serve(h http.Handler, l net.Listener) {
	go httpx.Serve(&http.Server{Handler: h}, l)
	go httpx.Run(&http.Server{Handler: h}) // want `likely: this server has no ReadHeaderTimeout`
	srv := httpx.NewServer(h)              // want `likely: this server has no ReadHeaderTimeout: .* ← example.com/httptimeout/httpx.NewServer makes it ← \(\*http.Server\).Serve serves`
	go srv.Serve(l)
	mine := httpx.NewServer(h)
	mine.ReadTimeout = time.Second
	go mine.Serve(l)
}
