package field

import (
	"sync"
	"time"
)

// Stopped in Close.
type closer struct{ ticker *time.Ticker }

func newCloser() *closer { return &closer{ticker: time.NewTicker(time.Second)} }

func (c *closer) Close() { c.ticker.Stop() }

// Local, then field, stopped in Destroy.
type framer struct{ heartbeat, flush *time.Ticker }

func newFramer(d time.Duration) *framer {
	heartbeat := time.NewTicker(d)
	flush := time.NewTicker(2 * d)
	return &framer{heartbeat: heartbeat, flush: flush}
}

func (f *framer) Destroy() {
	f.heartbeat.Stop()
	f.flush.Stop()
}

// Field, then local, under a lock.
type locked struct {
	mu     sync.Mutex
	ticker *time.Ticker
}

func (l *locked) start() <-chan time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ticker = time.NewTicker(time.Second)
	return l.ticker.C
}

func (l *locked) end() {
	l.mu.Lock()
	t := l.ticker
	l.mu.Unlock()
	if t != nil {
		t.Stop()
	}
}

// Stopped by a function of the package, not by a method.
type plain struct{ ticker *time.Ticker }

func open() *plain  { return &plain{time.NewTicker(time.Second)} }
func shut(p *plain) { stopAll(p.ticker) }
func stopAll(ts ...*time.Ticker) {
	for _, t := range ts {
		t.Stop()
	}
}

// Stopped in the goroutine that it is for.
type builder struct {
	ticker *time.Ticker
	done   chan struct{}
	wg     sync.WaitGroup
}

func (b *builder) starting() {
	b.ticker = time.NewTicker(time.Second)
	b.wg.Add(1)
	go func() {
		defer b.wg.Done()
		defer b.ticker.Stop()
		for {
			select {
			case <-b.ticker.C:
			case <-b.done:
				return
			}
		}
	}()
}

func (b *builder) Close() { close(b.done) }

// Its Stop is the Stop of what it is in.
type embedding struct{ *time.Ticker }

func newEmbedding() embedding { return embedding{time.NewTicker(time.Second)} }

// Whoever has the struct can stop it.
type Open struct{ Ticker *time.Ticker }

func NewOpen() *Open { return &Open{Ticker: time.NewTicker(time.Second)} }

// Stopped by the generic owner.
type owner[T any] struct {
	ticker *time.Ticker
	last   T
}

func newOwner[T any]() *owner[T] { return &owner[T]{ticker: time.NewTicker(time.Second)} }

func (o *owner[T]) Stop() { o.ticker.Stop() }

// Used where the types are known.
var _ = newOwner[int]

// The former is stopped first.
type changed struct {
	ticker *time.Ticker
	change chan time.Duration
}

func (c *changed) run() {
	for d := range c.change {
		if c.ticker != nil {
			c.ticker.Stop()
		}
		c.ticker = time.NewTicker(d)
	}
}

func (c *changed) Close() { c.ticker.Stop() }

// One for each object of the loop.
func all(cs []*changed) {
	for _, c := range cs {
		c.ticker = time.NewTicker(time.Second)
	}
}

// Put into its field by way of a variable, after the former one was stopped.
type byWay struct{ ticker *time.Ticker }

func (b *byWay) set(d time.Duration) {
	b.stop()
	t := time.NewTicker(d)
	b.ticker = t
}

func (b *byWay) stop() {
	if b.ticker != nil {
		b.ticker.Stop()
	}
}
