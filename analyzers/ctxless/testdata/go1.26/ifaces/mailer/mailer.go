// Package mailer has an interface without contexts and what implements it.
package mailer

import "net/http"

type Sender interface{ Send(to string) error }

type HTTP struct{ url string }

func (m *HTTP) Send(to string) error {
	_, err := http.Get(m.url + "?to=" + to) // want `^suspected: http\.Get waits for the server without a context`
	return err
}

type Pinger interface{ Ping() error }

type Remote struct{ url string }

func (r *Remote) Ping() error {
	_, err := http.Get(r.url) // want `^suspected: http\.Get waits`
	return err
}

// Null waits for nobody.
type Null struct{}

func (Null) Ping() error { return nil }
