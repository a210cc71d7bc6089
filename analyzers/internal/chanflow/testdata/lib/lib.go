// Package lib is a library: what is exported is out of sight.
package lib

import (
	"context"
	"io"
	"sync"
	"time"
)

// Fields, closures and results.
type server struct {
	work  chan int
	done  chan struct{}
	Ready chan struct{}
	wg    sync.WaitGroup
	cond  *sync.Cond
}

func New() *server {
	s := &server{work: make(chan int), done: make(chan struct{}), Ready: make(chan struct{})}
	s.cond = sync.NewCond(new(sync.Mutex))
	s.wg.Add(1)
	go s.run()
	go func() { s.submit(1) }()
	return s
}

func (s *server) run() {
	defer s.wg.Done()
	for {
		select {
		case n := <-s.work: // want "server..submit, started in New"
			_ = n
		case <-s.stopped(): // want "server..Close, started in New"
			return
		case <-s.Ready: // want "nobody, started in New"
			return
		}
	}
}

func (s *server) stopped() <-chan struct{} {
	if s == nil {
		return nil
	}
	return s.done
}

func (s *server) submit(n int) {
	s.work <- n // want "server..run, started in New"
}

func (s *server) Close() {
	close(s.done)
	s.wg.Wait()   // want "server..run, or called"
	s.cond.Wait() // want "nobody, or called"
}

// Public has a channel that any package may use.
type Public struct{ Events chan int }

func (p *Public) Next() int {
	return <-p.Events // want "others, or called"
}

// What comes in, and what goes out.
func Watch(in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		for v := range in { // want "others, started in Watch"
			out <- v // want "others, started in Watch"
		}
	}()
	return out
}

// A channel sent on a channel.
type request struct{ reply chan int }

func ask() int {
	requests := make(chan request)
	go serve(requests)
	r := request{make(chan int)}
	requests <- r    // want "serve, or called"
	return <-r.reply // want "serve, or called"
}

func serve(requests chan request) {
	for r := range requests { // want "nobody, started in ask"
		r.reply <- 1 // want "ask, started in ask"
	}
}

var _ = ask()

// Contexts end with their cancel function, their deadline or their parent.
func derived(ctx context.Context) {
	own, cancel := context.WithCancel(context.Background())
	go func() { <-own.Done() }() // want "derived, started in derived"
	timed, cancelTimed := context.WithTimeout(context.Background(), time.Second)
	defer cancelTimed()
	go func() { <-timed.Done() }() // want "others, started in derived"
	child, _ := context.WithCancel(ctx)
	go func() { <-child.Done() }() // want "others, started in derived"
	nested, _ := context.WithCancel(own)
	go func() { <-nested.Done() }() // want "derived, started in derived"
	never, _ := context.WithCancel(context.WithValue(context.Background(), request{}, 1))
	go func() { <-never.Done() }()                // want "nobody, started in derived"
	go func() { <-context.Background().Done() }() // want "nobody, started in derived"
	cancel()
}

func Derive(ctx context.Context) { derived(ctx) }

// Function values, methods of interfaces, and those that others call.
type handler interface{ handle(chan int) }

type sender struct{}

func (sender) handle(ch chan int) {
	ch <- 1 // want "dispatch, started in spawn"
}

func dispatch(h handler) {
	ch := make(chan int)
	spawn(func() { h.handle(ch) })
	<-ch // want "handle, or called"
}

func spawn(f func()) { go f() }

func Dispatch() { dispatch(sender{}) }

type reader struct{ ch chan byte }

func (r reader) Read(p []byte) (int, error) {
	p[0] = <-r.ch // want "feed, started in Drain, or called"
	return 1, nil
}

func feed(r reader) {
	r.ch <- 0 // want "Read, or called"
}

func Drain() {
	r := reader{make(chan byte)}
	go io.ReadAll(r)
	feed(r)
}

// Collections, and the elements of one.
type hub struct {
	mu   sync.Mutex
	subs map[chan int]struct{}
	list []chan int
}

func (h *hub) subscribe() {
	ch := make(chan int)
	h.subs[ch] = struct{}{}
	h.list = append(h.list, ch)
	<-ch // want "broadcast, or called"
}

func (h *hub) broadcast() {
	for ch := range h.subs {
		ch <- 1 // want "subscribe, or called"
	}
	for i := range h.list {
		select {
		case h.list[i] <- 1: // want "subscribe, or called"
		default:
		}
	}
}

func Hub(h *hub) { h.subscribe(); h.broadcast() }

// What a helper starts is what it is passed there, and what stands under a flag is
// reached by who sets it.
func start(f func()) {
	go func() { f() }()
}

func First() {
	ch := make(chan int)
	start(func() {
		ch <- 1 // want "First, started in start[.]$"
	})
	<-ch // want "First.1, or called"
}

func both(f, g func()) {
	start(f)
	g()
}

func Second() {
	ch := make(chan int)
	both(
		func() { ch <- 1 }, // want "Second.2, started in start[.]$"
		func() { <-ch },    // want "Second.1, or called[.]$"
	)
}

func finish(wait bool, ch chan int) {
	if wait {
		<-ch // want "Third.1, finish, or called[.]$"
		return
	}
	close(ch)
}

func Third() {
	ch := make(chan int)
	go func() {
		ch <- 1 // want "finish, started in Third[.]$"
		finish(false, ch)
	}()
	finish(true, ch)
}

// A field of a struct that is passed by value.
type port struct{ ch chan int }

func (p port) send(n int) { p.ch <- n } // want "Ports, or called[.]$"

func Ports() int {
	p := port{make(chan int)}
	go p.send(1)
	port.send(p, 2)
	return <-p.ch // want "send, or called[.]$"
}

// Others implement what they cannot name, and call what they are given.
type uploads interface {
	With(func())
}

func Upload(u uploads) {
	sent := make(chan int)
	u.With(func() {
		<-sent // want `Upload, or called\.`
	})
	sent <- 1 // want `Upload\$1, or called\.`
}

// What only this package puts into an interface is in sight.
type steps interface {
	each(func())
}

type twice struct{}

func (twice) each(f func()) {
	f()
	f()
}

func Steps() {
	var s steps = twice{}
	sent := make(chan int)
	go s.each(func() {
		<-sent // want `Steps, started in Steps\.`
	})
	sent <- 1 // want `Steps\$1, or called\.`
}
