// Package results hands what goroutines find to the functions that started them.
package results

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

type store interface {
	Get(ctx context.Context, key string) ([]byte, error)
}

type server struct {
	store    store
	replicas []store
	timeout  time.Duration
}

// The handler gives up before the store has answered.
func (s *server) serveKey(w http.ResponseWriter, r *http.Request) {
	found := make(chan []byte)
	go func() { // want `likely: this goroutine may never end: it sends to found, and the function that receives may have returned by then`
		value, _ := s.store.Get(context.Background(), r.URL.Path)
		found <- value
	}()
	select {
	case value := <-found:
		w.Write(value)
	case <-time.After(s.timeout):
		http.Error(w, "too slow", http.StatusGatewayTimeout)
	}
}

// Two channels, one of which is not received from even if the other is.
func (s *server) lookup(ctx context.Context, key string) ([]byte, error) {
	values := make(chan []byte)
	errs := make(chan error)
	go func() { // want `likely: .* sends to (errs|values)`
		value, err := s.store.Get(ctx, key)
		if err != nil {
			errs <- err
			return
		}
		values <- value
	}()
	select {
	case v := <-values:
		return v, nil
	case err := <-errs:
		return nil, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// The one who accepts goes on after the one who serves has returned.
func (s *server) Serve(ctx context.Context, ln net.Listener) error {
	conns := make(chan net.Conn)
	failed := make(chan error)
	closed := make(chan error)
	go func() { // want `likely: .* sends to (conns|failed)`
		for {
			c, err := ln.Accept()
			if err != nil {
				failed <- err
				return
			}
			conns <- c
		}
	}()
	for {
		select {
		case c := <-conns:
			go func() { closed <- c.Close() }() // want `likely: .* sends to closed`
		case <-closed:
		case err := <-failed:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

type socket struct{ net.Conn }

func (s socket) read() error          { return nil }
func (s socket) write(any) error      { return nil }
func (s *server) responses() chan any { return nil }

// The reader says that it is done to a writer that has failed already.
func (s *server) tail(conn socket) {
	done := make(chan struct{})
	go func() { // want `likely: .* sends to done`
		for conn.read() == nil {
		}
		done <- struct{}{}
	}()
	responses := s.responses()
	for {
		select {
		case r := <-responses:
			if err := conn.write(r); err != nil {
				return
			}
		case <-done:
			return
		}
	}
}

// The first answer wins, the others are left behind.
func (s *server) fastest(ctx context.Context, key string) []byte {
	answers := make(chan []byte)
	for _, r := range s.replicas {
		go func() { // want `likely: .* sends to answers`
			v, _ := r.Get(ctx, key)
			answers <- v
		}()
	}
	return <-answers
}

// There is room for one error.
func (s *server) checkAll(ctx context.Context) error {
	errs := make(chan error, 1)
	for _, r := range s.replicas {
		go func() { // want `suspected: .* sends to errs, and there is not room`
			_, err := r.Get(ctx, "health")
			errs <- err
		}()
	}
	select {
	case err := <-errs:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// An error in between.
func (s *server) both(ctx context.Context, a, b string) ([]byte, error) {
	first := make(chan []byte)
	go func() { // want `likely: .* sends to first`
		v, _ := s.store.Get(ctx, a)
		first <- v
	}()
	second, err := s.store.Get(ctx, b)
	if err != nil {
		return nil, err
	}
	return append(<-first, second...), nil
}

// The goroutine is started by a helper.
func (s *server) spawn(f func()) { go f() }

func (s *server) spawned(ctx context.Context) error {
	out := make(chan error)
	s.spawn(func() { // want `likely: .* sends to out`
		_, err := s.store.Get(ctx, "x")
		out <- err
	})
	select {
	case err := <-out:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// The sender is a method, the channel its argument.
func (s *server) list(ctx context.Context, keys chan<- string, n int) {
	defer close(keys)
	for i := range n {
		keys <- string(rune('a' + i))
	}
}

func (s *server) firstPage(ctx context.Context, n int) ([]string, error) {
	keys := make(chan string)
	go s.list(ctx, keys, n) // want `likely: .* sends to keys`
	var page []string
	for k := range keys {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		page = append(page, k)
	}
	return page, nil
}

// Generic, and the context is only looked at.
func race[T any](ctx context.Context, fs ...func() (T, error)) (T, error) {
	type outcome struct {
		v   T
		err error
	}
	outcomes := make(chan outcome)
	for _, f := range fs {
		go func() { // want `likely: .* sends to outcomes`
			v, err := f()
			outcomes <- outcome{v, err}
		}()
	}
	select {
	case o := <-outcomes:
		return o.v, o.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

var errStale = errors.New("stale")

// What is received decides, which the sender may know too.
func (s *server) until(ctx context.Context, n int) error {
	keys := make(chan string)
	go s.list(ctx, keys, n) // want `suspected: .* sends to keys`
	for k := range keys {
		if k == "z" {
			return errStale
		}
	}
	return nil
}

// A generator whose reader leaves at an error: its context goes on.
type item struct {
	key string
	err error
}

func (s *server) items(ctx context.Context, prefix string) <-chan item {
	out := make(chan item)
	go func() {
		defer close(out)
		for i := range 1000 {
			select {
			case out <- item{key: prefix + string(rune(i))}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (s *server) load(ctx context.Context) error {
	for it := range s.items(ctx, "policies/") { // want `suspected: the goroutine that sends what is ranged over here is left behind`
		if it.err != nil {
			return it.err
		}
	}
	return nil
}

// One that has no way out at all.
func (s *server) names(n int) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for i := range n {
			out <- string(rune(i))
		}
	}()
	return out
}

func (s *server) count(ctx context.Context, n int) (seen int, err error) {
	for range s.names(n) { // want `likely: the goroutine that sends what is ranged over here is left behind`
		if ctx.Err() != nil {
			return seen, ctx.Err()
		}
		seen++
	}
	return seen, nil
}

// The way out is there for one send and missing for the other.
func merge(ctx context.Context, in []chan string, out chan<- string) error {
	done := ctx.Done()
	if len(in) == 1 {
		for {
			select {
			case <-done:
				return ctx.Err()
			case v, ok := <-in[0]:
				if !ok {
					return nil
				}
				select {
				case <-done:
					return ctx.Err()
				case out <- v:
				}
			}
		}
	}
	for _, ch := range in {
		out <- <-ch // want `suspected: the goroutine that comes here may never end: it sends to out, and it has no way out`
	}
	return nil
}

func Merge(ctx context.Context, in []chan string, out chan<- string) error {
	return merge(ctx, in, out)
}

// One helper sends twice to the channel that has room for one value.
func Both(ctx context.Context, list func() error) error {
	failed := make(chan error, 1)
	report := func(to chan<- error) { to <- list() }
	go report(failed) // want `likely: .* sends to to, and there is not room for all that is sent`
	go report(failed)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
