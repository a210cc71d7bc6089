package owner

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Close stops the ticker, and what else comes in goes on.
type stopping struct {
	ticker *time.Ticker
	in     chan int
}

func (s *stopping) start() {
	s.ticker = time.NewTicker(time.Second)
	go func() {
		for {
			select {
			case <-s.ticker.C:
			case <-s.in:
			}
		}
	}()
}

func (s *stopping) put() { s.in <- 1 }

func (s *stopping) Close() { s.ticker.Stop() }

// Halted, and set going again.
type halted struct{ ticker *time.Ticker }

func (h *halted) start() {
	h.ticker = time.NewTicker(time.Second)
	go func() {
		for range h.ticker.C {
		}
	}()
}

func (h *halted) Stop() { h.ticker.Stop() }

func (h *halted) Resume() { h.ticker.Reset(time.Second) }

// Close closes the channel that the goroutine ends by.
type closing struct{ done chan struct{} }

func (c *closing) run() {
	t := time.NewTicker(time.Second)
	for {
		select {
		case <-t.C:
		case <-c.done:
			return
		}
	}
}

func newClosing() *closing {
	c := &closing{done: make(chan struct{})}
	go c.run()
	return c
}

func (c *closing) Close() { close(c.done) }

// The channel comes from outside, where it is closed.
type given struct{ done chan struct{} }

func newGiven(done chan struct{}) *given {
	g := &given{done: done}
	go g.run()
	return g
}

func (g *given) run() {
	t := time.NewTicker(time.Second)
	for {
		select {
		case <-t.C:
		case <-g.done:
			return
		}
	}
}

func (g *given) Close() {}

// The channel is given to a function that closes it.
type lent struct{ done chan struct{} }

func (l *lent) run() {
	l.done = make(chan struct{})
	go end(l.done)
	t := time.NewTicker(time.Second)
	for {
		select {
		case <-t.C:
		case <-l.done:
			return
		}
	}
}

func end(c chan struct{}) { close(c) }

func (l *lent) Close() {}

// A flag ends it.
type flagged struct{ closed atomic.Bool }

func (f *flagged) run() {
	t := time.NewTicker(time.Second)
	for range t.C {
		if f.closed.Load() {
			return
		}
	}
}

func (f *flagged) Close() { f.closed.Store(true) }

// The context ends it.
type contextual struct{ cancel context.CancelFunc }

func newContextual() *contextual {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for {
			select {
			case <-time.Tick(time.Second):
			case <-ctx.Done():
				return
			}
		}
	}()
	return &contextual{cancel}
}

func (c *contextual) Close() { c.cancel() }

// The context is Background only at first.
func (c *contextual) again(parent context.Context) {
	ctx := context.Background()
	if parent != nil {
		ctx = parent
	}
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// The goroutine stops and starts it as it is told.
type paced struct{ pause chan bool }

func (p *paced) run() {
	t := time.NewTicker(time.Second)
	for {
		select {
		case <-t.C:
		case off := <-p.pause:
			if off {
				t.Stop()
			} else {
				t.Reset(time.Second)
			}
		}
	}
}

func newPaced() *paced {
	p := &paced{pause: make(chan bool)}
	go p.run()
	return p
}

func (p *paced) Close() { p.pause <- true }

// A timer that only an event arms does not fire by itself.
type debounced struct{ in chan int }

func (d *debounced) run() {
	t := time.NewTimer(time.Hour)
	for {
		select {
		case <-t.C:
		case <-d.in:
			t.Reset(time.Second)
		}
	}
}

func newDebounced() *debounced {
	d := &debounced{in: make(chan int)}
	go d.run()
	return d
}

func (d *debounced) Close() {}

// It waits once, then goes on to something else.
type slowStart struct{ in chan int }

func (s *slowStart) run() {
	t := time.NewTicker(time.Second)
	<-t.C
	t.Stop()
	for range s.in {
	}
}

func (s *slowStart) Close() { close(s.in) }

// A new ticker in each turn: the former is collected.
type anew struct{ mu sync.Mutex }

func (a *anew) run() {
	for {
		t := time.NewTicker(time.Second)
		<-t.C
	}
}

func newAnew() *anew {
	a := new(anew)
	go a.run()
	return a
}

func (a *anew) Close() {}

// Somebody else has it, and may stop it.
type shared struct{ tickers map[string]*time.Ticker }

func (s *shared) start(name string) {
	t := time.NewTicker(time.Second)
	s.tickers[name] = t
	go func() {
		for range t.C {
		}
	}()
}

func (s *shared) Close() {
	for _, t := range s.tickers {
		t.Stop()
	}
}

// The caller has it, and may stop it.
func (s *shared) handle() *time.Ticker {
	t := time.NewTicker(time.Second)
	go func() {
		for range t.C {
		}
	}()
	return t
}

// The field can be stopped from anywhere.
type Public struct{ Ticker *time.Ticker }

func (p *Public) Start() {
	p.Ticker = time.NewTicker(time.Second)
	go func() {
		for range p.Ticker.C {
		}
	}()
}

func (p *Public) Close() {}

// A way out by error.
type pinger struct{}

func (p *pinger) ping() error { return nil }

func (p *pinger) run() {
	for range time.Tick(time.Second) {
		if err := p.ping(); err != nil {
			break
		}
	}
}

func (p *pinger) Close() {}

// One caller passes a context that is cancelled.
type mixed struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newMixed() *mixed {
	m := &mixed{ctx: context.Background()}
	go m.run(context.Background())
	go m.runField()
	return m
}

func (m *mixed) run(ctx context.Context) {
	t := time.NewTicker(time.Second)
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

func (m *mixed) start(ctx context.Context) {
	go m.run(ctx)
	m.ctx, m.cancel = context.WithCancel(ctx)
}

func (m *mixed) runField() {
	t := time.NewTicker(time.Second)
	for {
		select {
		case <-t.C:
		case <-m.ctx.Done():
			return
		}
	}
}

func (m *mixed) Close() { m.cancel() }

// Who calls it passes a context of its own.
type Exported struct{}

func (e *Exported) Run(ctx context.Context) {
	t := time.NewTicker(time.Second)
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

func (e *Exported) start() { go e.Run(context.Background()) }

func (e *Exported) Close() {}

// Called as the method of an interface, with who knows what.
type runner interface{ loop(ctx context.Context) }

type behind struct{}

func newBehind() *behind {
	b := new(behind)
	go b.loop(context.Background())
	return b
}

func runAll(ctx context.Context, rs []runner) {
	for _, r := range rs {
		r.loop(ctx)
	}
}

func (b *behind) loop(ctx context.Context) {
	t := time.NewTicker(time.Second)
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

func (b *behind) Close() {}

// It ends its goroutine, if by a rare way.
type leaving struct{ closed atomic.Bool }

func (l *leaving) run() {
	for range time.Tick(time.Second) {
		if l.closed.Load() {
			runtime.Goexit()
		}
	}
}

func newLeaving() *leaving {
	l := new(leaving)
	go l.run()
	return l
}

func (l *leaving) Close() { l.closed.Store(true) }
