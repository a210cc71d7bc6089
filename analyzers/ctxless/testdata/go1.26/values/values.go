// Package values calls functions that variables, fields and arguments hold.
package values

import (
	"context"
	"net"

	"golang.org/x/sync/errgroup"
)

// A seam for tests: a variable that only tests set.
var lookup = net.LookupHost

func seam(ctx context.Context, host string) {
	lookup(host) // want `^proven: net\.LookupHost ignores`
}

type resolver struct {
	ask func(string) ([]string, error)
}

func newResolver() *resolver { return &resolver{ask: net.LookupHost} }

func (r *resolver) resolve(ctx context.Context, host string) {
	r.ask(host) // want `^proven: net\.LookupHost ignores`
}

type poller struct{ host string }

func (p *poller) poll() error {
	_, err := net.LookupHost(p.host)
	return err
}

func methodValue(ctx context.Context, p *poller) error {
	poll := p.poll
	return poll() // want `^likely: \(\*poller\)\.poll ends in net\.LookupHost and ignores`
}

func (p *poller) ask() error {
	_, err := net.LookupHost(p.host)
	return err
}

func handed(ctx context.Context, p *poller) error {
	return twice(p.ask) // want `^likely: \(\*poller\)\.ask ends in net\.LookupHost`
}

func twice(f func() error) error {
	if err := f(); err != nil {
		return f()
	}
	return nil
}

func (p *poller) probe() error {
	_, err := net.LookupHost(p.host)
	return err
}

func grouped(ctx context.Context, p *poller) error {
	var g errgroup.Group
	g.Go(p.probe) // want `^likely: \(\*poller\)\.probe ends in net\.LookupHost`
	return g.Wait()
}

// A literal that a package-level variable holds is a function like any other.
var probe = func(host string) error {
	_, err := net.LookupHost(host)
	return err
}

func viaLiteral(ctx context.Context) error {
	return probe("a.example") // want `^likely: probe ends in net\.LookupHost and ignores`
}
