package traps

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Without a timeout the goroutine may never end.
func (s *server) forget(ctx context.Context, q string) {
	go s.db.ExecContext(context.Background(), q) // want `^suspected: .* \(the context in scope may be the wrong one: a goroutine that nobody waits for\)`
}

// The owner's context is not the call's.
func (s *server) work(q string) error {
	_, err := s.db.ExecContext(context.Background(), q) // want `^suspected: .* \(the context in scope may be the wrong one: it is its owner's, not the call's\)`
	return err
}

// Somebody has thought about it.
func (s *server) commit(ctx context.Context, q string) error {
	// Not the caller's context: half a commit would be worse.
	_, err := s.db.ExecContext(context.Background(), q) // want `^suspected: .* \(a comment beside it speaks of the context\)`
	return err
}

// What has failed may be the context.
func (s *server) undo(w http.ResponseWriter, r *http.Request, q string) {
	if _, err := s.db.ExecContext(r.Context(), q); err != nil {
		own, cancel := context.WithTimeout(context.Background(), time.Second) // want `^suspected: .* \(it runs because something has failed, and that may be the context\)`
		defer cancel()
		s.db.ExecContext(own, "DELETE FROM orders")
	}
}

// Nothing is seen of what is behind it.
type mailer interface {
	Mail(ctx context.Context, to string) error
}

func notify(ctx context.Context, m mailer, to string) error {
	return m.Mail(context.Background(), to) // want `^suspected: .* \(nothing in sight shows that it waits\)`
}

// A shutdown without a bound may hang.
func (s *server) Stop(ctx context.Context) error {
	_, err := s.db.ExecContext(context.Background(), "DELETE FROM nodes") // want `^suspected: .* \(it cleans up, which has to be done even if the caller has gone\)`
	return err
}

// What it waits for is done by this process.
type marks struct{ done chan struct{} }

func (m *marks) wait(ctx context.Context) error {
	select {
	case <-m.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m *marks) read() error { return m.wait(context.Background()) }

func (s *server) transaction(ctx context.Context, m *marks) error {
	return m.read() // want `^suspected: .* \(it waits for its own process, and may know for how long\)`
}

// Two doubts are one too many.
func (s *server) again(m *marks) error {
	go m.read()
	return m.read()
}

// What is begun outside of requests is begun with the program.
type runner struct{ server *server }

func (r *runner) Start() error { return r.server.db.PingContext(context.Background()) }

func run(ctx context.Context, r *runner) error {
	return r.Start() // want `^suspected: .* \(it is most likely done when the program starts\)`
}

// What is begun is finished, whatever becomes of the caller.
func (s *server) transfer(ctx context.Context, from, to string) error {
	if _, err := s.db.ExecContext(ctx, from); err != nil {
		return err
	}
	_, err := s.db.ExecContext(context.Background(), to) // want `^suspected: .* \(the function passes its context on elsewhere, and this changes something: it may be meant to be finished\)`
	return err
}

// The same in a closure that is run at once.
func (s *server) retried(ctx context.Context, from, to string) error {
	if _, err := s.db.ExecContext(ctx, from); err != nil {
		return err
	}
	return twice(func() error {
		_, err := s.db.ExecContext(context.Background(), to) // want `^suspected: .* \(the function passes its context on elsewhere`
		return err
	})
}

func twice(f func() error) error {
	if err := f(); err == nil {
		return nil
	}
	return f()
}

// The request that goes out had no context of a caller either.
func (s *server) post(c *http.Client, req *http.Request) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second) // want `^suspected: .* \(the context in scope is that of a request which may be the one that goes out\)`
	defer cancel()
	resp, err := c.Do(req.WithContext(ctx))
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// listeners are functions that other packages put in.
var listeners = make(map[string]func(ctx context.Context, addr string) error)

func listen(ctx context.Context, addr string) error {
	return listeners[addr](context.TODO(), addr) // want `^suspected: .* \(nothing in sight shows that it waits\)`
}

// The function waits for the network too, but not with that context.
func announce(m mailer, u string) error {
	if err := m.Mail(context.Background(), u); err != nil {
		return err
	}
	_, err := http.Get(u)
	return err
}

func joined(ctx context.Context, m mailer) error {
	return announce(m, "https://a.example") // want `^suspected: .* \(nothing in sight shows that it waits\)`
}

// To listen is a matter of this machine, though it goes through package net.
func open(ctx context.Context, addr string) (any, error) {
	if l := listeners[addr]; l != nil {
		return nil, l(ctx, addr)
	}
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", addr)
}

func reopen(ctx context.Context, addr string) error {
	_, err := open(context.TODO(), addr) // want `^suspected: `
	return err
}
