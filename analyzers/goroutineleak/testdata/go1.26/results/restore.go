package results

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// A daemon starts its goroutines by a method of its own, which counts them.
type daemon struct {
	mu      sync.Mutex
	running bool
	wg      sync.WaitGroup
	store   store
}

func (d *daemon) spawn(f func()) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.running {
		return false
	}
	d.wg.Add(1)
	go func() {
		defer d.wg.Done()
		f()
	}()
	return true
}

type outcome struct {
	n   int
	err error
}

// The result is set once, however many callbacks there are, and has room; so has what
// the goroutine sends that reads the other end of the pipe.
func (d *daemon) restore(ctx context.Context, subscribe func(chunk func([]byte)) error) error {
	var once sync.Once
	results := make(chan outcome, 1)
	set := func(n int, err error) {
		once.Do(func() { results <- outcome{n, err} })
	}
	pr, pw := io.Pipe()
	written := make(chan error, 1)
	d.spawn(func() {
		_, err := io.Copy(io.Discard, pr)
		written <- err
	})
	if err := subscribe(func(b []byte) {
		if len(b) == 0 {
			set(0, nil)
			return
		}
		if n, err := pw.Write(b); err != nil {
			set(n, err)
		}
	}); err != nil {
		return err
	}
	d.spawn(func() {
		select {
		case r := <-results:
			pw.CloseWithError(r.err)
		case err := <-written:
			pw.CloseWithError(err)
		case <-ctx.Done():
		}
	})
	return nil
}

// The same helper starts this one: nobody receives after the timeout.
func (d *daemon) probe(ctx context.Context, key string) error {
	found := make(chan error)
	d.spawn(func() { // want `likely: .* sends to found`
		_, err := d.store.Get(ctx, key)
		found <- err
	})
	select {
	case err := <-found:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// One at a time: what is sent in one turn is received before the next, or there is room.
func (s *server) forward(ctx context.Context, next func() (string, bool)) {
	sent := make(chan error, 1)
	for {
		key, ok := next()
		if !ok {
			return
		}
		go func() {
			_, err := s.store.Get(ctx, key)
			sent <- err
		}()
		select {
		case err := <-sent:
			if err != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// All at once: there is room for one.
func (s *server) flood(ctx context.Context, keys []string) error {
	sent := make(chan error, 1)
	for _, key := range keys {
		go func() { // want `suspected: .* sends to sent, and there is not room for all`
			_, err := s.store.Get(ctx, key)
			sent <- err
		}()
	}
	return <-sent
}

// The decoder sends no more when it has set its error.
func (s *server) replay(ctx context.Context, r io.Reader) (err error) {
	decoded := make(chan []byte, 10)
	var decodeErr, seriesErr error
	go func() {
		defer close(decoded)
		for {
			buf := make([]byte, 512)
			n, err := r.Read(buf)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				decodeErr = err
				return
			}
			decoded <- buf[:n]
		}
	}()
Outer:
	for b := range decoded {
		if _, err := s.store.Get(ctx, string(b)); err != nil {
			seriesErr = err
			break Outer
		}
	}
	if decodeErr != nil {
		return decodeErr
	}
	if seriesErr != nil {
		for range decoded {
		}
		return seriesErr
	}
	return nil
}

// The error says nothing of whether it goes on.
func (s *server) replayOn(ctx context.Context, r io.Reader) error {
	decoded := make(chan []byte)
	var last error
	go func() { // want `likely: .* sends to decoded`
		defer close(decoded)
		for {
			buf := make([]byte, 512)
			n, err := r.Read(buf)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				last = err
			}
			decoded <- buf[:n]
		}
	}()
	for b := range decoded {
		if ctx.Err() != nil {
			break
		}
		s.store.Get(ctx, string(b))
	}
	if last != nil {
		return last
	}
	for range decoded {
	}
	return nil
}

// Others receive from the channel for as long as the object lives.
type acceptor struct {
	ln    net.Listener
	plain chan net.Conn
	wg    sync.WaitGroup
}

func newAcceptor(ln net.Listener) *acceptor {
	a := &acceptor{ln: ln, plain: make(chan net.Conn)}
	a.wg.Go(func() {
		a.accept()
		close(a.plain)
	})
	if _, err := ln.Accept(); err != nil {
		a.drop()
	}
	return a
}

func (a *acceptor) accept() {
	for {
		c, err := a.ln.Accept()
		if err != nil {
			return
		}
		go func() { a.plain <- c }()
	}
}

func (a *acceptor) drop() {
	for c := range a.plain {
		c.Close()
	}
}

func (a *acceptor) Accept() (net.Conn, error) {
	c, ok := <-a.plain
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

// A timer that nobody keeps cannot be stopped: it sends to a loop that has ended.
func (s *server) retryLoop(ctx context.Context, events <-chan string) {
	retry := make(chan struct{})
	later := func() {
		time.AfterFunc(s.timeout, func() { // want `likely: .* sends to retry`
			retry <- struct{}{}
		})
	}
	for {
		select {
		case key := <-events:
			if _, err := s.store.Get(ctx, key); err != nil {
				later()
			}
		case <-retry:
			s.store.Get(ctx, "all")
		case <-ctx.Done():
			return
		}
	}
}
