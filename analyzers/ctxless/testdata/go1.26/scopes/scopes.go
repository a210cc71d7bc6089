// Package scopes has contexts in scope in all the ways there are.
package scopes

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Captured by a closure that is called here.
func captured(ctx context.Context, host string) error {
	ask := func() error {
		_, err := net.LookupHost(host) // want `^proven: net\.LookupHost ignores`
		return err
	}
	if err := ask(); err != nil {
		return ask()
	}
	return nil
}

// Derived from the caller's context, in several steps.
func derived(r *http.Request, host string) {
	parent := r.Context()
	ctx, cancel := context.WithTimeout(parent, time.Second)
	defer cancel()
	named := context.WithValue(ctx, struct{}{}, 1)
	net.LookupHost(host) // want `^proven: net\.LookupHost ignores`
	<-named.Done()
}

// Waited for by the group.
func grouped(ctx context.Context, hosts []string) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, h := range hosts {
		g.Go(func() error {
			_, err := net.LookupHost(h) // want `^proven: net\.LookupHost ignores`
			return err
		})
	}
	return g.Wait()
}

func waited(ctx context.Context, hosts []string) {
	var wg sync.WaitGroup
	for _, h := range hosts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			net.LookupHost(h) // want `^proven: net\.LookupHost ignores`
		}()
	}
	for _, h := range hosts {
		wg.Go(func() { net.LookupHost(h) }) // want `^proven: net\.LookupHost ignores`
	}
	wg.Wait()
}

// The select leaves when the context is done; the look-up goes on.
func raced(ctx context.Context, host string) error {
	done := make(chan error, 1)
	go func() {
		_, err := net.LookupHost(host) // want `^proven: net\.LookupHost ignores`
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A background loop that lives as long as the context that it watches.
func watch(ctx context.Context, host string) {
	go func() {
		for ctx.Err() == nil {
			net.LookupHost(host) // want `^proven: net\.LookupHost ignores`
			time.Sleep(time.Minute)
		}
	}()
}

// The handler's own request, not the context of who builds the handler.
func handler(ctx context.Context) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		net.LookupHost(r.Host) // want `^proven: net\.LookupHost ignores`
	}
}

// Middleware: the request is in scope of the inner literal.
func middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		net.LookupAddr(r.RemoteAddr) // want `^proven: net\.LookupAddr ignores`
		next.ServeHTTP(w, r)
	})
}

// Web frameworks: the request is a field or a method of their context.
type frameContext struct{ Request *http.Request }

func frame(c *frameContext) {
	net.LookupHost("a.example") // want `^proven: net\.LookupHost ignores`
}

type echoContext interface{ Request() *http.Request }

func echo(c echoContext) error {
	_, err := net.LookupHost("a.example") // want `^proven: net\.LookupHost ignores`
	return err
}

type serverStream interface{ Context() context.Context }

func stream(s serverStream) error {
	_, err := net.LookupHost("a.example") // want `^proven: net\.LookupHost ignores`
	return err
}

func certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	_, err := net.LookupHost(hello.ServerName) // want `^proven: net\.LookupHost ignores`
	return nil, err
}

// A context of the module's own kind.
type traced struct{ context.Context }

func own(ctx traced) {
	net.LookupHost("a.example") // want `^proven: net\.LookupHost ignores`
}

// The owner's context, which the function itself uses.
type agent struct {
	ctx  context.Context
	host string
}

func (a *agent) poll() {
	for {
		net.LookupHost(a.host) // want `^likely: net\.LookupHost ignores`
		select {
		case <-a.ctx.Done():
			return
		case <-time.After(time.Minute):
		}
	}
}

// The goroutine passes the context on to the next step: it ends with it.
func chained(r *http.Request, host string, next func(context.Context) error) {
	go func() {
		net.LookupHost(host) // want `^proven: net\.LookupHost ignores`
		next(r.Context())
	}()
	go func() {
		net.LookupHost(host) // want `^proven: net\.LookupHost ignores`
		<-r.Context().Done()
	}()
	go func() {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		net.LookupHost(host) // want `^proven: net\.LookupHost ignores`
		<-ctx.Done()
	}()
}

// The context comes with a parameter that has no name yet.
func blank(_ context.Context, host string) {
	net.LookupHost(host) // want `^likely: net\.LookupHost ignores`
}

func nameless(context.Context, string) {
	net.LookupHost("a.example") // want `^likely: net\.LookupHost ignores`
}

func blankRequest(w http.ResponseWriter, _ *http.Request) {
	ask := func() {
		net.LookupHost("a.example") // want `^likely: net\.LookupHost ignores`
	}
	ask()
}

func callsBlank(_ context.Context) {
	resolve("a.example") // want `^likely: resolve ends in net\.LookupHost and ignores`
}

func resolve(host string) { net.LookupHost(host) }
