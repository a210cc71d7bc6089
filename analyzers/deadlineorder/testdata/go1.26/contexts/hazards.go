// Package contexts derives contexts from each other.
package contexts

import (
	"context"
	"errors"
	"net/http"
	"time"

	"example.com/deadlineorder/limits"
)

const (
	queryTimeout = 30 * time.Second
	callTimeout  = 5 * time.Second
)

type db interface {
	Query(ctx context.Context, q string) error
}

type repository struct{ db db }

// In one function.
func (r *repository) load(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	query, done := context.WithTimeout(ctx, queryTimeout) // want `proven: this deadline of 30s is never reached: the context that it is derived from ends after 5s ← sets a deadline of 5s`
	defer done()
	return r.db.Query(query, "select")
}

// Through calls: each caller gives less.
func (r *repository) refresh() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return r.sync(ctx, "a")
}

func (r *repository) rebuild() error {
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(20*time.Second))
	defer cancel()
	return r.sync(ctx, "b")
}

func (r *repository) sync(ctx context.Context, name string) error {
	return r.page(context.WithValue(ctx, key{}, name))
}

type key struct{}

func (r *repository) page(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout) // want `likely: this deadline of 30s is never reached: the context that it is derived from ends after 20s`
	defer cancel()
	return r.db.Query(ctx, "select")
}

// Each attempt may use up what all have.
func (r *repository) retry() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	for range 3 {
		if err = r.attempt(ctx); err == nil {
			return nil
		}
	}
	for i := 0; i < 3; i++ {
		attempt, done := context.WithTimeout(ctx, callTimeout) // want `proven: this deadline of 5s is never reached: .*, and so no attempt after one that takes that long`
		err = errors.Join(err, r.db.Query(attempt, "select"))
		done()
	}
	return err
}

func (r *repository) attempt(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout) // want `suspected: this deadline of 5s is never reached: .*equal`
	defer cancel()
	return r.db.Query(ctx, "select")
}

// By helpers, of this package and another.
func brief(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Second)
}

func (r *repository) helped() error {
	ctx, cancel := brief(context.Background())
	defer cancel()
	inner, done := context.WithTimeout(ctx, time.Minute) // want `likely: this deadline of 1m0s is never reached: the context that it is derived from ends after 1s`
	defer done()
	return r.db.Query(inner, "select")
}

func (r *repository) limited() error {
	ctx, cancel := limits.Bound(context.Background())
	defer cancel()
	inner, done := context.WithTimeoutCause(ctx, 3*limits.Short, errors.New("slow")) // want `this deadline of 6s is never reached: the context that it is derived from ends after 2s`
	defer done()
	return r.db.Query(inner, "select")
}

// In a literal, and a generic function.
func (r *repository) each(names []string) {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	run := func(name string) error {
		ctx, cancel := context.WithTimeout(ctx, time.Minute) // want `likely: this deadline of 1m0s is never reached`
		defer cancel()
		return r.db.Query(ctx, name)
	}
	for _, n := range names {
		run(n)
	}
	with(ctx, r, func(context.Context, *repository) error { return nil })
}

func with[T any](ctx context.Context, t T, do func(context.Context, T) error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Hour) // want `likely: this deadline of 1h0m0s is never reached`
	defer cancel()
	return do(ctx, t)
}

// The whole with less time than its part.
var client = &http.Client{
	Timeout: 10 * time.Second,
	Transport: &http.Transport{
		ResponseHeaderTimeout: 30 * time.Second, // want `likely: this ResponseHeaderTimeout of 30s is never reached: the client gives the whole request 10s`
		TLSHandshakeTimeout:   15 * time.Second, // want `suspected: this TLSHandshakeTimeout of 15s is never reached: .*default transport`
	},
}
