package owner

import (
	"context"
	"sync"
	"time"
)

// Close exists, and the goroutine does not hear of it.
type Cache struct {
	mu    sync.Mutex
	items map[string]int
}

func New() *Cache {
	c := &Cache{items: make(map[string]int)}
	go c.janitor()
	return c
}

func (c *Cache) janitor() {
	ticker := time.NewTicker(time.Minute) // want `likely: this ticker fires for ever: the goroutine that waits for it never ends, and \(\*Cache\)\.Close does not end it \(Go 1.23 collects a ticker only when nothing waits for it\) ← ends the owner, but not this ← waits for the ticker in a loop without a way out`
	defer ticker.Stop()                   // never runs
	for range ticker.C {
		c.mu.Lock()
		clear(c.items)
		c.mu.Unlock()
	}
}

func (c *Cache) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items = nil
}

// The same in a literal, with a select that has no other way out.
type reporter struct{ out chan int }

func (r *reporter) start() {
	t := time.NewTicker(time.Second) // want `likely: this ticker fires for ever.*\(\*reporter\)\.stop does not end it`
	go func() {
		for {
			select {
			case <-t.C:
				r.out <- 1
			case <-r.out:
			}
		}
	}()
}

func (r *reporter) stop() { close(r.out) }

// There is a case for the end, but nothing ever makes it ready.
type worker struct {
	quit   chan struct{}
	ticker *time.Ticker
}

func newWorker() *worker {
	w := &worker{quit: make(chan struct{})}
	w.ticker = time.NewTicker(time.Second) // want `likely: this ticker fires for ever.*\(\*worker\)\.Shutdown does not end it.* ← nothing makes this case ready`
	go w.loop()
	return w
}

func (w *worker) loop() {
	for {
		select {
		case <-w.ticker.C:
		case <-w.quit:
			return
		}
	}
}

func (w *worker) Shutdown(context.Context) error { return nil }

// A context that is never cancelled is no way out.
type syncer struct{ wg sync.WaitGroup }

func (s *syncer) run() {
	ctx := context.Background()
	t := time.NewTicker(time.Second) // want `likely: this ticker fires for ever.*\(\*syncer\)\.Stop does not end it`
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

func newSyncer() *syncer {
	s := new(syncer)
	s.wg.Go(s.run)
	return s
}

func (s *syncer) Stop() {}

// A timer that is reset each time it has fired is a ticker too.
type poller struct{}

func (p *poller) poll(d time.Duration) {
	t := time.NewTimer(d) // want `likely: this timer fires for ever.*\(\*poller\)\.Close does not end it`
	for {
		<-t.C
		t.Reset(d)
	}
}

func (p *poller) Start() { go p.poll(time.Second) }

func (p *poller) Close() error { return nil }

// By time.Tick, handed to a method as a channel.
type flusher struct{}

func (f *flusher) start() {
	go f.flush(time.Tick(time.Second)) // want `likely: this ticker fires for ever.*\(\*flusher\)\.Close does not end it`
}

func (f *flusher) flush(c <-chan time.Time) {
	for range c {
	}
}

func (f *flusher) Close() {}

// Through an alias of the channel, in a generic type.
type queue[T any] struct{ in chan T }

func newQueue[T any]() *queue[T] {
	q := &queue[T]{in: make(chan T)}
	go q.drain()
	return q
}

func (q *queue[T]) drain() {
	t := time.NewTicker(time.Second) // want `likely: this ticker fires for ever.*\(\*queue\[T\]\)\.Close does not end it`
	c := t.C
	for {
		<-c
	}
}

func (q *queue[T]) Close() { close(q.in) }

var _ = newQueue[int]

// Returned as an interface that can be closed.
type Closer interface{ Close() error }

type ticking struct{}

func (ticking) Close() error { return nil }

func Open() Closer {
	go func() {
		for range time.Tick(time.Second) { // want `likely: this ticker fires for ever.*\(Closer\)\.Close does not end it`
		}
	}()
	return ticking{}
}

// Every caller passes a context that is never cancelled.
type deaf struct{ ctx context.Context }

func newDeaf() *deaf {
	d := &deaf{ctx: context.Background()}
	go d.run(context.TODO())
	go d.runField()
	return d
}

func (d *deaf) run(ctx context.Context) {
	t := time.NewTicker(time.Second) // want `likely: this ticker fires for ever.*\(\*deaf\)\.Close does not end it.* ← nothing makes this case ready`
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

func (d *deaf) runField() {
	t := time.NewTicker(time.Second) // want `likely: this ticker fires for ever.* ← nothing makes this case ready`
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-d.ctx.Done():
			return
		}
	}
}

func (d *deaf) Close() {}

// Close stops the ticker, but that does not close its channel.
type sink struct{ ticker *time.Ticker }

func (s *sink) start() {
	s.ticker = time.NewTicker(time.Minute) // want `likely: Stop does not close this ticker's channel: the goroutine that waits for it hangs for ever, and \(\*sink\)\.Close does not end it.* ← stops the ticker`
	go func() {
		for range s.ticker.C {
		}
	}()
}

func (s *sink) Close() { s.ticker.Stop() }

// The function that started the goroutine stops the ticker when it returns.
func progress(work func()) {
	t := time.NewTicker(time.Second) // want `suspected: Stop does not close this ticker's channel.* ← stops the ticker`
	defer t.Stop()
	go func() {
		for {
			<-t.C
		}
	}()
	work()
}
