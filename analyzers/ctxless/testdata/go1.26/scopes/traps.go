package scopes

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// What is only suspected stays out of the default report: the context in
// scope may be the wrong one.

// The goroutine outlives the request, whose context would cut it short.
func detached(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	go func() {
		net.LookupHost(host) // want `^suspected: .* \(the context may be the wrong one: a goroutine that nobody waits for\)$`
	}()
	go remember(host) // want `^suspected: remember ends in net\.LookupHost .* a goroutine that nobody waits for`
}

func remember(host string) { net.LookupHost(host) }

// Clean-up must go on when the context is done.
func cleanup(ctx context.Context, host string) {
	defer net.LookupHost(host) // want `^suspected: .* deferred`
	defer func() {
		net.LookupHost(host) // want `^suspected: .* deferred`
	}()
	<-ctx.Done()
	net.LookupHost(host) // want `^suspected: .* reached after the context is done`
}

func cleanupInSelect(ctx context.Context, host string, c chan int) {
	select {
	case <-ctx.Done():
		net.LookupHost(host) // want `^suspected: .* reached after the context is done`
	case <-c:
	}
	if ctx.Err() != nil {
		net.LookupHost(host) // want `^suspected: .* reached after the context is done`
	}
	sub, cancel := context.WithCancel(ctx)
	<-sub.Done()
	cancel()
	net.LookupHost(host) // want `^suspected: .* reached after the context is done`
}

// Called back when the constructor's context is long over.
type bus struct{ handlers []func(string) }

func (b *bus) on(f func(string)) { b.handlers = append(b.handlers, f) }

func subscribe(ctx context.Context, b *bus) {
	b.on(func(host string) {
		net.LookupHost(host) // want `^suspected: .* a callback that may run later`
	})
	time.AfterFunc(time.Hour, func() {
		net.LookupHost("a.example") // want `^suspected: .* a callback that may run later`
	})
}

// Shared with other callers, or made once for all: one caller's context must not end it.
func shared(ctx context.Context, g *singleflight.Group, once *sync.Once, host string) (any, error) {
	once.Do(func() {
		net.LookupHost(host) // want `^suspected: .* a callback that may run later`
	})
	v, err, _ := g.Do(host, func() (any, error) {
		return net.LookupHost(host) // want `^suspected: .* a callback that may run later`
	})
	return v, err
}

// The context has no caller: it was made here.
func homemade(host string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	net.LookupHost(host) // want `^suspected: .* made here and has no caller`
	<-ctx.Done()
}

// Background and TODO are no contexts to pass on, nor is nil, nor one that is
// declared later or shadowed.
func none(host string) {
	bg := context.Background()
	todo := context.TODO()
	var unset context.Context
	net.LookupHost(host) // want `^suspected: net\.LookupHost waits for the name server without a context`
	ctx, cancel := context.WithCancel(bg)
	defer cancel()
	_, _, _ = ctx, todo, unset
}

func shadowed(ctx context.Context, names []string) {
	for _, ctx := range names {
		net.LookupHost(ctx) // want `^suspected: net\.LookupHost waits for the name server without a context`
	}
}

func named(host string) (ctx context.Context, err error) {
	_, err = net.LookupHost(host) // want `^suspected: net\.LookupHost waits for the name server without a context`
	return ctx, err
}

// The context was cut loose on purpose.
func loose(ctx context.Context, host string) {
	ctx = context.WithoutCancel(ctx)
	net.LookupHost(host) // want `^suspected: net\.LookupHost waits for the name server without a context`
	<-ctx.Done()
}

// The owner's context, which the function does not use: it may have another lifetime.
func (a *agent) ask() {
	net.LookupHost(a.host) // want `^suspected: .* its owner's, not the call's`
}

// Where it comes from is not seen.
func received(c chan context.Context, host string) {
	ctx := <-c
	net.LookupHost(host) // want `^suspected: .* where it comes from is not known`
	<-ctx.Done()
}

// A command's context, of which nothing here says what it is for.
type command struct{ name string }

func (c *command) Context() context.Context { return context.Background() }

func runCommand(c *command) {
	net.LookupHost(c.name) // want `^suspected: .* what it is the context of is not known`
}

// A request that is made here is no source.
func made(host string) {
	r, _ := http.NewRequest("GET", host, nil)
	net.LookupHost(r.Host) // want `^suspected: net\.LookupHost waits for the name server without a context`
}

// The context is there for the values that the log shows, not for its end.
type logger struct{}

func (logger) Error(ctx context.Context, err error) {}

func logged(ctx context.Context, l logger, host string) {
	go func() {
		if _, err := net.LookupHost(host); err != nil { // want `^suspected: .* a goroutine that nobody waits for`
			l.Error(context.WithValue(ctx, logger{}, host), err)
		}
	}()
}

func (a *agent) logged(l logger) {
	_, err := net.LookupHost(a.host) // want `^suspected: .* its owner's, not the call's`
	l.Error(a.ctx, err)
}

// Waiting for a condition is not waiting for the goroutine.
func conditioned(ctx context.Context, c *sync.Cond, host string) {
	go func() {
		net.LookupHost(host) // want `^suspected: .* a goroutine that nobody waits for`
	}()
	c.Wait()
}

// The function has a context of its own making: what its callers have is ctxbreak's matter.
func callsHomemade(ctx context.Context) { homemade("a.example") }

// A parameter without a name is no context of work that goes on by itself.
func namelessDetached(_ context.Context, host string) {
	go net.LookupHost(host) // want `^suspected: .* a goroutine that nobody waits for`
}

// A command line's context is none: its Value looks up a flag.
type flags struct{ context.Context }

func (f *flags) Value(name string) any { return name }

func action(c *flags) error {
	_, err := net.LookupHost("a.example") // want `^suspected: net\.LookupHost waits for the name server without a context`
	return err
}
