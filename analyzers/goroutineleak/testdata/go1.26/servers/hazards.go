package servers

import (
	"context"
	"io"
	"sync"
	"time"
)

type message struct{}

type stream interface {
	Context() context.Context
	Recv() (*message, error)
	Send(*message) error
}

// The reader of a stream is left behind with a message, or an error, in its hands.
func relay(s stream, out func(*message) error) error {
	msgs := make(chan *message)
	errs := make(chan error)
	go func() { // want `likely: .* sends to (msgs|errs)`
		for {
			m, err := s.Recv()
			if err != nil {
				errs <- err
				return
			}
			msgs <- m
		}
	}()
	for {
		select {
		case m := <-msgs:
			if err := out(m); err != nil {
				return err
			}
		case err := <-errs:
			return err
		case <-s.Context().Done():
			return s.Context().Err()
		}
	}
}

// The answers after those that are enough have no reader.
func quorum(ctx context.Context, urls []string, get func(context.Context, string) error) error {
	answers := make(chan error)
	for _, u := range urls {
		go func() { // want `likely: .* sends to answers`
			answers <- get(ctx, u)
		}()
	}
	good := 0
	for range urls {
		if err := <-answers; err == nil {
			good++
		}
		if good > len(urls)/2 {
			return nil
		}
	}
	return context.DeadlineExceeded
}

// It stops under the lock that each turn of the worker needs.
type cache struct {
	mu      sync.Mutex
	entries map[string]time.Time
	quit    chan struct{}
	wg      sync.WaitGroup
}

func (c *cache) Start() {
	c.quit = make(chan struct{})
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		for {
			select {
			case <-time.After(time.Minute):
				c.expire(time.Now())
			case <-c.quit:
				return
			}
		}
	}()
}

func (c *cache) expire(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, at := range c.entries {
		if at.Before(now) {
			delete(c.entries, key)
		}
	}
}

func (c *cache) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.quit)
	c.wg.Wait() // want `likely: whoever comes here may wait for ever: it waits for the wait group wg, and it holds cache.mu`
}

// The reader of a pipe fails, so its writer does, and nobody takes the error.
func restore(read func(io.Reader) error, copyTo func(io.Writer) (int64, error)) (int64, error) {
	r, w := io.Pipe()
	defer r.Close()
	failed := make(chan error)
	copied := make(chan int64)
	go func() { // want `likely: .* sends to (failed|copied)`
		n, err := copyTo(w)
		w.CloseWithError(err)
		if err != nil {
			failed <- err
			return
		}
		copied <- n
	}()
	if err := read(r); err != nil {
		return 0, err
	}
	select {
	case err := <-failed:
		return 0, err
	case n := <-copied:
		return n, nil
	}
}

// Both directions end when the context does, and only one is received then.
func forward(ctx context.Context, a, b io.ReadWriter) error {
	to, from := make(chan error), make(chan error)
	go func() { // want `likely: .* sends to to`
		_, err := io.Copy(a, b)
		to <- err
	}()
	go func() { // want `likely: .* sends to from`
		_, err := io.Copy(b, a)
		from <- err
	}()
	for range 2 {
		select {
		case err := <-to:
			if err != nil {
				return err
			}
		case err := <-from:
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
