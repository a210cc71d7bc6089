// Package backoff retries what it is given.
package backoff

import (
	"context"
	"math/rand/v2"
	"time"
)

type Operation func() error

// Retry calls o until it succeeds, five times at most.
func Retry(ctx context.Context, o Operation) error {
	return RetryNotify(ctx, o, nil)
}

func RetryNotify(ctx context.Context, o Operation, notify func(error)) error {
	return do(ctx, func() error { return o() }, notify)
}

func do(ctx context.Context, o Operation, notify func(error)) (err error) {
	pause := time.Second
	for range 5 {
		if err = o(); err == nil {
			return nil
		}
		if notify != nil {
			notify(err)
		}
		t := time.NewTimer(pause + rand.N(pause))
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
		pause *= 2
	}
	return err
}
