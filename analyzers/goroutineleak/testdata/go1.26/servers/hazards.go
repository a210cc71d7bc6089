package servers

import (
	"context"
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
