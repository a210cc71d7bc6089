package results

import (
	"context"
	"log"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/leaks/internal/async"
)

// Room for the only value.
func (s *server) buffered(ctx context.Context, key string) ([]byte, error) {
	found := make(chan []byte, 1)
	go func() {
		v, _ := s.store.Get(ctx, key)
		found <- v
	}()
	select {
	case v := <-found:
		return v, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Room for one of each.
func (s *server) roomForTwo(ctx context.Context) error {
	errs := make(chan error, 2)
	go func() { errs <- s.checkAll(ctx) }()
	go func() { errs <- ctx.Err() }()
	select {
	case err := <-errs:
		return err
	case <-time.After(s.timeout):
		return errStale
	}
}

// One or the other.
func (s *server) eitherOr(ctx context.Context) error {
	errs := make(chan error, 1)
	go func() {
		if _, err := s.store.Get(ctx, "k"); err != nil {
			errs <- err
			return
		}
		errs <- nil
	}()
	select {
	case err := <-errs:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Room for all.
func (s *server) roomForAll(ctx context.Context) error {
	errs := make(chan error, len(s.replicas))
	for _, r := range s.replicas {
		go func() {
			_, err := r.Get(ctx, "health")
			errs <- err
		}()
	}
	return <-errs
}

// Every one is received, however many there are.
func (s *server) collectAll(ctx context.Context) (all [][]byte) {
	answers := make(chan []byte)
	for _, r := range s.replicas {
		go func() {
			v, _ := r.Get(ctx, "k")
			answers <- v
		}()
	}
	for range s.replicas {
		all = append(all, <-answers)
	}
	return all
}

// The sender ends with the function.
func (s *server) cancelled(parent context.Context) []byte {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	answers := make(chan []byte)
	for _, r := range s.replicas {
		go func() {
			v, _ := r.Get(ctx, "k")
			select {
			case answers <- v:
			case <-ctx.Done():
			}
		}()
	}
	return <-answers
}

// Somebody else receives what is left.
func (s *server) drained(ctx context.Context) error {
	errs := make(chan error)
	go func() { errs <- s.checkAll(ctx) }()
	select {
	case err := <-errs:
		return err
	case <-ctx.Done():
		go func() { <-errs }()
		return ctx.Err()
	}
}

// The goroutine is waited for on the way out.
func (s *server) waited(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	errs := make(chan error)
	defer func() {
		cancel()
		<-errs
	}()
	go func() { errs <- s.checkAll(ctx) }()
	<-parent.Done()
	return nil
}

// It was started under the same condition.
func (s *server) maybe(ctx context.Context, async bool) error {
	errs := make(chan error)
	if async {
		go func() { errs <- s.checkAll(ctx) }()
	}
	s.store.Get(ctx, "meanwhile")
	if async {
		return <-errs
	}
	return nil
}

// It is only closed.
func (s *server) closed(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.store.Get(ctx, "k")
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// It does not wait to be heard.
func (s *server) notice(ctx context.Context) {
	heard := make(chan struct{})
	go func() {
		s.store.Get(ctx, "k")
		select {
		case heard <- struct{}{}:
		default:
		}
	}()
	select {
	case <-heard:
	case <-ctx.Done():
	}
}

// The process ends where nobody receives.
func (s *server) orDie(ctx context.Context) []byte {
	found := make(chan []byte)
	go func() {
		v, _ := s.store.Get(ctx, "k")
		found <- v
	}()
	if s.timeout == 0 {
		log.Fatal("no timeout")
	}
	return <-found
}

// A helper receives.
func (s *server) helped(ctx context.Context) []byte {
	found := make(chan []byte)
	go func() {
		v, _ := s.store.Get(ctx, "k")
		found <- v
	}()
	return take(found)
}

func take(ch <-chan []byte) []byte { return <-ch }

// The range goes on to the end, whatever comes.
func (s *server) all(ctx context.Context, n int) (err error) {
	keys := make(chan string)
	go s.list(ctx, keys, n)
	for k := range keys {
		if _, e := s.store.Get(ctx, k); e != nil && err == nil {
			err = e
		}
	}
	return err
}

// Another package receives.
func (s *server) elsewhere(ctx context.Context) error {
	errs := make(chan error)
	go async.Collect(errs)
	for range s.replicas {
		go func() { errs <- s.checkAll(ctx) }()
	}
	return nil
}

// Another package sends.
func (s *server) delivered() error {
	errs := make(chan error)
	async.Deliver(errs)
	return <-errs
}

// The collector is another goroutine, which ends when the channel is closed.
func (s *server) gathered(ctx context.Context) (all []string) {
	keys := make(chan string)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for k := range keys {
			all = append(all, k)
		}
	}()
	var wg sync.WaitGroup
	for range s.replicas {
		wg.Go(func() { keys <- "k" })
	}
	wg.Wait()
	close(keys)
	<-done
	return all
}

// The channel is closed when all have sent.
func (s *server) joined(ctx context.Context) (n int) {
	sizes := make(chan int)
	var wg sync.WaitGroup
	for _, r := range s.replicas {
		wg.Add(1)
		go func() {
			defer wg.Done()
			v, _ := r.Get(ctx, "k")
			sizes <- len(v)
		}()
	}
	go func() {
		wg.Wait()
		close(sizes)
	}()
	for size := range sizes {
		n += size
	}
	return n
}

// The generator ends with the reader's own context.
func (s *server) loadBounded(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	for it := range s.items(ctx, "users/") {
		if it.err != nil {
			return it.err
		}
	}
	return nil
}

// It is read to the end.
func (s *server) loadAll(ctx context.Context) (n int) {
	for it := range s.items(ctx, "groups/") {
		if it.err == nil {
			n++
		}
	}
	return n
}

// The goroutine says that it is done, and sends no error then.
func (s *server) doneOrError(ctx context.Context) error {
	errs := make(chan error)
	done := make(chan struct{})
	go func() {
		if err := s.checkAll(ctx); err != nil {
			errs <- err
			return
		}
		close(done)
	}()
	select {
	case err := <-errs:
		return err
	case <-done:
		return nil
	}
}

// A timer that is stopped does not send.
func (s *server) timed(done <-chan struct{}) bool {
	late := make(chan struct{})
	t := time.AfterFunc(s.timeout, func() { late <- struct{}{} })
	select {
	case <-done:
		t.Stop()
		return true
	case <-late:
		return false
	}
}

// One helper sends to two channels, each with room for its one value.
func compare(list func() error, early bool) error {
	left, right := make(chan error, 1), make(chan error, 1)
	report := func(to chan<- error) { to <- list() }
	go report(left)
	go report(right)
	if early {
		return <-left
	}
	if err := <-left; err != nil {
		return err
	}
	return <-right
}

// Called again it makes a channel of its own.
func dial(ctx context.Context, attempt func(int) error, n int) error {
	failed := make(chan error, 1)
	go func() { failed <- attempt(n) }()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-failed:
		if err != nil && n > 0 {
			return dial(ctx, attempt, n-1)
		}
		return err
	}
}

// Each half waits for the halves of its own.
func halved(lists [][]int) []int {
	if len(lists) < 2 {
		return slices.Concat(lists...)
	}
	var wg sync.WaitGroup
	halves := make([][]int, 2)
	for i, half := range [][][]int{lists[:len(lists)/2], lists[len(lists)/2:]} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			halves[i] = halved(half)
		}()
	}
	wg.Wait()
	return slices.Concat(halves...)
}

func Tally(ctx context.Context, list func() error, attempt func(int) error) ([]int, error) {
	if err := compare(list, true); err != nil {
		return nil, err
	}
	return halved([][]int{{1}, {2}}), dial(ctx, attempt, 3)
}

// Nobody has been told of the channel yet where it returns early.
type downloads struct {
	mu      sync.Mutex
	waiting []chan error
	start   func() error
}

func (d *downloads) wake() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.waiting {
		w <- nil
	}
	d.waiting = nil
}

func (d *downloads) begin() error {
	if err := d.start(); err != nil {
		return err
	}
	go d.wake() // want `suspected: .* sends to done, and the function that receives may have returned by then`
	return nil
}

func (d *downloads) Await() error {
	done := make(chan error)
	d.mu.Lock()
	if err := d.begin(); err != nil {
		d.mu.Unlock()
		return err
	}
	if d.start == nil {
		d.mu.Unlock()
		return nil
	}
	d.waiting = append(d.waiting, done)
	d.mu.Unlock()
	return <-done
}

// One at a time is started, and the next when the last has answered: whether one is on its
// way is known, and what it answers is then received on the way out.
func (s *server) watch(ctx context.Context, changed chan string) {
	failed := make(chan error)
	start := func(key string) {
		go func() { // want `suspected: .* sends to failed`
			_, err := s.store.Get(ctx, key)
			failed <- err
		}()
	}
	start("")
	idle := false
	for {
		select {
		case <-failed:
			idle = true
		case key := <-changed:
			if idle {
				start(key)
				idle = false
			}
		case <-ctx.Done():
			if !idle {
				<-failed
			}
			return
		}
	}
}

// A helper of tests, which lasts as long as they do.
func serve(tb testing.TB, run func() error, started chan string) string {
	failed := make(chan error)
	go func() { failed <- run() }() // want `suspected: .* sends to failed`
	select {
	case addr := <-started:
		return addr
	case err := <-failed:
		must(tb, err)
	case <-time.After(time.Second):
		must(tb, errStale)
	}
	return ""
}

func must(tb testing.TB, err error) {
	if err != nil {
		tb.FailNow()
	}
}
