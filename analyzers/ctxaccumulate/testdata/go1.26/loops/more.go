package loops

import (
	"context"
	"sync"
	"time"
)

// A literal to begin with, but it grows.
func growing(ctx context.Context, more []string, ask func(context.Context, string) error) error {
	networks := []string{"udp", "tcp"}
	networks = append(networks, more...)
	for _, network := range networks {
		ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^likely: each iteration makes a context`
		defer cancel()
		if err := ask(ctx, network); err != nil {
			return err
		}
	}
	return nil
}

// The context must live until the goroutines are done.
func stopAll(ctx context.Context, stops []func(context.Context)) {
	var wg sync.WaitGroup
	for _, stop := range stops {
		ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^suspected: each iteration makes a context`
		defer cancel()
		wg.Go(func() { stop(ctx) })
	}
	wg.Wait()
}

// Two at most, whichever the branch.
func exchange(ctx context.Context, tcp bool, ask func(context.Context, string) error) error {
	networks := []string{"udp", "tcp"}
	if tcp {
		networks = networks[1:]
	}
	for _, network := range networks {
		ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^suspected: each iteration makes a context`
		defer cancel()
		if err := ask(ctx, network); err != nil {
			return err
		}
	}
	return nil
}

// The iteration cancels by itself; the defer is for its errors.
func each(ctx context.Context, ask []func(context.Context) error) error {
	for _, f := range ask {
		ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^suspected: each iteration makes a context`
		defer cancel()
		if err := f(ctx); err != nil {
			return err
		}
		cancel()
	}
	return nil
}

// A function value that releases something else is not for this rule.
func held(ctx context.Context, lock func() (func(), error), names []string) error {
	for range names {
		unlock, err := lock()
		if err != nil {
			return err
		}
		defer unlock()
	}
	return nil
}
