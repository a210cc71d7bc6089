package queue

import (
	"context"
	"sync"
	"sync/atomic"
)

// Done is deferred, or called on every way.
func deferred(jobs []job) {
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if j.run() != nil {
				return
			}
		}()
	}
	wg.Wait()
}

func everyWay(jobs []job) {
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() {
			if j.run() != nil {
				wg.Done()
				return
			}
			wg.Done()
		}()
	}
	wg.Wait()
}

// Somebody calls it for the goroutine.
func finished(wg *sync.WaitGroup, err error) { wg.Done() }

func byHelper(jobs []job) {
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() { finished(&wg, j.run()) }()
	}
	wg.Wait()
}

// One turn, one wait.
func oneByOne(jobs []job) {
	for _, j := range jobs {
		var wg sync.WaitGroup
		wg.Add(1)
		go func() {
			defer wg.Done()
			j.run()
		}()
		wg.Wait()
	}
}

func batches(jobs [][]job) {
	var wg sync.WaitGroup
	for _, batch := range jobs {
		wg.Add(len(batch))
		for _, j := range batch {
			go func() { defer wg.Done(); j.run() }()
		}
		wg.Wait()
	}
}

// Counted by the method that is new.
func modern(jobs []job) {
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Go(func() { j.run() })
	}
	wg.Wait()
}

// Closed by a defer, by a method, or when the senders are done.
func closed(in []int) (sum int) {
	numbers := make(chan int)
	defer close(numbers)
	results := make(chan int)
	go func() {
		for n := range numbers {
			results <- n * n
		}
	}()
	for _, n := range in {
		numbers <- n
		sum += <-results
	}
	return sum
}

type worker struct {
	jobs chan job
	quit chan struct{}
	once sync.Once
	n    atomic.Int32
}

func newWorker(n int) *worker {
	w := &worker{jobs: make(chan job), quit: make(chan struct{})}
	for range n {
		go func() {
			for j := range w.jobs {
				j.run()
			}
		}()
	}
	go func() {
		<-w.quit
		w.n.Store(0)
	}()
	return w
}

func (w *worker) Close() {
	w.once.Do(func() {
		close(w.quit)
		close(w.jobs)
	})
}

// The channel goes to who asked.
func numbers(ctx context.Context) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := 0; ; i++ {
			select {
			case out <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// The one who sends is told by a callback that another package may call.
type Hooks struct{ OnDone func() }

func watch(h *Hooks) {
	done := make(chan struct{})
	h.OnDone = func() { close(done) }
	go func() {
		<-done
	}()
}

// A semaphore gives back what it took.
type limiter struct{ slots chan struct{} }

func newLimiter(n int) *limiter { return &limiter{make(chan struct{}, n)} }

func (l *limiter) do(j job) {
	l.slots <- struct{}{}
	go func() {
		defer func() { <-l.slots }()
		j.run()
	}()
}

// Each stage waits for the one before it.
func chain(n int) {
	prev := make(chan struct{})
	close(prev)
	for range n {
		next := make(chan struct{})
		go func() {
			defer close(next)
			<-prev
		}()
		prev = next
	}
	<-prev
}

// The owner stops it from outside, not from within.
type loopy struct {
	stop    chan struct{}
	stopped chan struct{}
}

func newLoopy() *loopy {
	l := &loopy{make(chan struct{}), make(chan struct{})}
	go func() {
		defer close(l.stopped)
		<-l.stop
	}()
	return l
}

func (l *loopy) Close() {
	close(l.stop)
	<-l.stopped
}

// An element of a map is closed by whoever finds it.
type calls struct {
	mu      sync.Mutex
	pending map[string]chan struct{}
}

func (c *calls) wait(key string) {
	ch := make(chan struct{})
	c.mu.Lock()
	c.pending[key] = ch
	c.mu.Unlock()
	go func() {
		<-ch
		c.forget(key)
	}()
}

func (c *calls) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, key)
}

func (c *calls) answer(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ch := c.pending[key]; ch != nil {
		close(ch)
	}
}

// There is room for the first, which is queued before anybody takes it.
type prefilled struct{ jobs chan job }

func newPrefilled(first job) *prefilled {
	p := &prefilled{jobs: make(chan job, 1)}
	go func() {
		p.jobs <- first
		for j := range p.jobs {
			j.run()
		}
	}()
	return p
}

func (p *prefilled) Close() { close(p.jobs) }

// One who holds the token gives it back to the next.
type token struct{ free chan struct{} }

func newToken() *token {
	t := &token{make(chan struct{}, 1)}
	t.free <- struct{}{}
	return t
}

func (t *token) with(f func()) {
	go func() {
		<-t.free
		f()
		t.free <- struct{}{}
	}()
}

// Who gives no group waits for none.
func optional(j job, wg *sync.WaitGroup) {
	if wg != nil {
		wg.Add(1)
	}
	go func() {
		j.run()
		if wg != nil {
			wg.Done()
		}
	}()
}

func bothWays(j job) {
	var wg sync.WaitGroup
	optional(j, &wg)
	optional(j, nil)
	wg.Wait()
}

// The method that counts by itself needs no Done, however many it is called for.
func limited(jobs []job, n int) chan error {
	errs := make(chan error, len(jobs))
	slots := make(chan struct{}, n)
	go func() {
		var wg sync.WaitGroup
		for _, j := range jobs {
			slots <- struct{}{}
			wg.Go(func() {
				errs <- j.run()
				<-slots
			})
		}
		wg.Wait()
		close(errs)
	}()
	return errs
}

func runLimited(jobs []job) (err error) {
	for e := range limited(jobs, 4) {
		if e != nil {
			err = e
		}
	}
	return err
}

// The place that a goroutine gives back was taken for it, whoever else leaves.
type revoker struct {
	wg   sync.WaitGroup
	quit chan struct{}
}

func (r *revoker) attach(f func()) {
	r.wg.Add(1)
	go func() {
		defer r.wg.Done()
		f()
	}()
}

func (r *revoker) Revoke(jobs []job) {
	r.attach(func() {
		slots := make(chan struct{}, 16)
		for _, j := range jobs {
			select {
			case slots <- struct{}{}:
			case <-r.quit:
				return
			}
			r.attach(func() {
				j.run()
				<-slots
			})
		}
	})
}

func (r *revoker) Close() { close(r.quit) }

// It is to wait for ever: nobody is given what it waits for.
func park(restore func() error) error {
	errs := make(chan error)
	go func() { // want `suspected: .* receives from c, and nothing sends to it or closes it`
		err := restore()
		errs <- err
		if err != nil {
			c := make(chan struct{})
			<-c
		}
	}()
	return <-errs
}
