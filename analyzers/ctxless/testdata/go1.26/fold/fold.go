// Package fold reaches one fault by several ways: it is told once, where most is
// known of it.
package fold

import (
	"context"
	"net/http"

	"example.com/shop/wrap/client"
)

func fetch() error {
	_, err := http.Get("https://a.example")
	return err
}

func outer() error { return fetch() }

// By two calls, the longer way.
func far(ctx context.Context) error { return outer() }

func near(ctx context.Context) error {
	return fetch() // want `^likely: fetch ends in http\.Get .* \(and 2 more calls of this package\)`
}

func next(ctx context.Context) error { return fetch() }

// Who allows it at one place answers for that one.
func excused(ctx context.Context) error {
	return fetch() //lagvet:allow ctxless -- the server is on this machine // want `^allowed: fetch ends in http\.Get`
}

// A wrapper of another package.
func label(ctx context.Context, c *client.Client) string {
	return c.Label(1) // want `^likely: \(\*client\.Client\)\.Label ends in .* \(and one more call of this package\)`
}

func labels(ctx context.Context, c *client.Client) string {
	return c.Label(1) + c.Label(2)
}

// The context of the owner is less sure than that of the caller, wherever it stands.
type owner struct{ ctx context.Context }

func ping() error {
	_, err := http.Get("https://b.example")
	return err
}

func (o *owner) first() error { return ping() }

func second(ctx context.Context) error {
	return ping() // want `^likely: ping ends in http\.Get`
}

// Of I/O that stands where the context is, each call is mended by itself.
func each(ctx context.Context) {
	http.Get("https://c.example") // want `^proven: http\.Get ignores`
	http.Get("https://d.example") // want `^proven: http\.Get ignores`
}
