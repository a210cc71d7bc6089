// Package contexts waits for contexts to be done.
package contexts

import (
	"context"
	"net"
	"time"
)

// A transaction that nobody can end: the cancel function stays where it is.
type tx struct {
	ctx    context.Context
	cancel context.CancelFunc
	conn   net.Conn
}

func begin(conn net.Conn) *tx {
	t := &tx{conn: conn}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	go t.awaitDone() // want `likely: this goroutine may never end: it waits for a context to be done, and nothing cancels that`
	return t
}

func (t *tx) awaitDone() {
	<-t.ctx.Done()
	t.conn.Close()
}

// It is cancelled only after it is done.
type rows struct{ cancel context.CancelFunc }

func (r *rows) init(ctx context.Context) {
	ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	go r.awaitDone(ctx)
}

func (r *rows) open() {
	var ctx context.Context
	ctx, r.cancel = context.WithCancel(context.Background())
	go r.awaitOwn(ctx) // want `likely: .* waits for a context to be done, and only what the same goroutine does, or starts, after that would end the wait`
}

func (r *rows) awaitDone(ctx context.Context) { <-ctx.Done() }

func (r *rows) awaitOwn(ctx context.Context) {
	<-ctx.Done()
	r.close()
}

func (r *rows) close() { r.cancel() }

// Background is never done.
func background(conn net.Conn) {
	ctx := context.WithValue(context.Background(), tx{}, 1)
	go func() { // want `likely: .* waits for a context to be done, and nothing cancels that`
		select {
		case <-ctx.Done():
			conn.Close()
		}
	}()
}

// Both ways out are none.
type session struct {
	conn net.Conn
	quit chan struct{}
}

func (s *session) serve(in <-chan []byte) {
	s.quit = make(chan struct{})
	go func() { // want `likely: .* goes on in a loop that has no way out, and \(\*session\).Close does not end it`
		for {
			select {
			case b := <-in:
				s.conn.Write(b)
			case <-s.quit:
				return
			}
		}
	}()
}

func (s *session) Close() error { return s.conn.Close() }

// The caller's context, a deadline, a cancel function that somebody has.
func fine(parent context.Context, conn net.Conn) context.CancelFunc {
	go func() {
		<-parent.Done()
		conn.Close()
	}()
	timed, stop := context.WithTimeout(context.Background(), time.Minute)
	go func() {
		defer stop()
		<-timed.Done()
	}()
	child, _ := context.WithCancel(parent)
	go func() { <-child.Done() }()
	own, cancel := context.WithCancel(context.Background())
	go func() { <-own.Done() }()
	return cancel
}

func Fine(parent context.Context, conn net.Conn) func() { return fine(parent, conn) }

// Ended by a method.
type stream struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newStream() *stream {
	s := new(stream)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	go func() { <-s.ctx.Done() }()
	return s
}

func (s *stream) Close() { s.cancel() }

// Ended by the end of what it was derived from.
func nested() {
	outer, cancel := context.WithCancel(context.Background())
	defer cancel()
	inner, _ := context.WithCancel(outer)
	go func() { <-inner.Done() }()
}
