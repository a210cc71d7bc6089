package a

import (
	"context"
	"net/http"
)

// A session: it is made of a message and lives on: there are as many as are open.
type call struct {
	name   string
	ctx    context.Context
	cancel func()
	left   chan *call
}

type exchange struct {
	ctx   context.Context
	open  chan string
	left  chan *call
	calls map[*call]bool
}

func (x *exchange) run() {
	for {
		select {
		case name := <-x.open:
			c := &call{name: name, left: x.left}
			c.begin(x.ctx)
			x.calls[c] = true
		case c := <-x.left:
			delete(x.calls, c)
		}
	}
}

func (c *call) begin(ctx context.Context) {
	c.ctx, c.cancel = context.WithCancel(ctx)
	go c.run() // want `suspected: one goroutine per message, .* ← called by \(\*exchange\).run ← once per message`
}

func (c *call) Close() { c.cancel() }

func (c *call) run() {
	<-c.ctx.Done()
	c.left <- c
}

// One that is told to end by a channel.
type tail struct {
	name string
	quit chan struct{}
}

func follow(names chan string, open map[string]*tail) {
	for name := range names {
		t := &tail{name: name, quit: make(chan struct{})}
		t.begin()
		open[name] = t
	}
}

func (t *tail) begin() {
	go t.run() // want `suspected: one goroutine per message`
}

func (t *tail) run() {
	println(t.name)
	<-t.quit
}

func (t *tail) end() { close(t.quit) }

// One whose end is waited for.
type viewer struct {
	name string
	err  chan error
}

func view(names chan string, open map[string]*viewer) {
	for name := range names {
		v := &viewer{name: name}
		v.begin()
		open[name] = v
	}
}

func (v *viewer) begin() {
	v.err = make(chan error)
	go v.run() // want `suspected: one goroutine per message`
}

func (v *viewer) run() {
	println(v.name)
	v.err <- nil
}

func (v *viewer) end() { <-v.err }

// One that only ends itself is work.
type errand struct {
	name   string
	ctx    context.Context
	cancel func()
}

func errands(ctx context.Context, names chan string) {
	for name := range names {
		e := &errand{name: name}
		e.begin(ctx)
	}
}

func (e *errand) begin(ctx context.Context) {
	e.ctx, e.cancel = context.WithCancel(ctx)
	go e.run() // want `likely: one goroutine per message, .* ← called by errands ← once per message`
}

func (e *errand) run() {
	defer e.cancel()
	println(e.name)
}

// So is what is given the message beside the object.
type post struct {
	quit chan struct{}
}

func (p *post) serve(names chan string) {
	for name := range names {
		p.send(name)
	}
}

func (p *post) send(name string) {
	go p.deliver(name) // want `likely: one goroutine per message`
}

func (p *post) deliver(name string) {
	println(name)
	<-p.quit
}

func (p *post) Close() { close(p.quit) }

// What ends the server that serves the request is done once.
type panel struct{ srv *http.Server }

func (p *panel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	go func() { // want `suspected: one goroutine per request`
		println(name)
		leave(p.srv)
	}()
	go func() { // want `likely: one goroutine per request`
		println(name)
	}()
}

func leave(srv *http.Server) { srv.Shutdown(context.Background()) }

// A semaphore that hands its channel out.
type permits struct{ token, stop chan struct{} }

func (p *permits) Wait() <-chan struct{}    { return p.token }
func (p *permits) Signal()                  { p.token <- struct{}{} }
func (p *permits) Stopped() <-chan struct{} { return p.stop }

type clock struct{ free, other *permits }

func (c *clock) input(packets chan string) {
	for p := range packets {
		c.wake(p)
	}
}

func (c *clock) inputAlways(packets chan string) {
	for p := range packets {
		c.wakeAlways(p)
	}
}

func (c *clock) wake(p string) {
	select {
	case <-c.free.Wait():
		go c.tick(p)
	default:
	}
}

func (c *clock) wakeAlways(p string) {
	println(c.free.Stopped())
	go c.tick(p) // want `likely: one goroutine per message`
}

func (c *clock) tick(p string) {
	defer c.free.Signal()
	println(p)
}
