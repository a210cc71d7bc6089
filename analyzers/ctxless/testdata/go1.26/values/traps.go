package values

import (
	"context"
	"net"
)

// Handed over, not called: who takes it calls it when it likes.
type registry struct{ polls []func() error }

func (r *registry) add(f func() error) { r.polls = append(r.polls, f) }

func (r *registry) all(ctx context.Context, p *poller) {
	r.add(p.poll)
}

// Set to this or that: what runs is not known.
type choice struct {
	ask func(string) ([]string, error)
}

func newChoice(fake bool) *choice {
	c := &choice{ask: net.LookupHost}
	if fake {
		c.ask = func(string) ([]string, error) { return nil, nil }
	}
	return c
}

func (c *choice) resolve(ctx context.Context) { c.ask("a.example") }

// Others set it.
var Lookup = net.LookupHost

func exported(ctx context.Context) { Lookup("a.example") }

// What comes in as an argument is the caller's.
func given(ctx context.Context, ask func(string) ([]string, error)) { ask("a.example") }
