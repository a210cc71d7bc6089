package loops

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// The body of the loop is a function.
func wrapped(names []string) error {
	for _, name := range names {
		err := func() error {
			f, err := os.Open(name)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = io.Copy(io.Discard, f)
			return err
		}()
		if err != nil {
			return err
		}
	}
	return nil
}

// Every path after the defer returns.
func first(names []string) (int64, error) {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		defer f.Close()
		return io.Copy(io.Discard, f)
	}
	return 0, errors.New("none")
}

// The same through a switch and a break out of the loop.
func found(names []string) (err error) {
loop:
	for _, name := range names {
		f, err := os.Open(name)
		switch {
		case err != nil:
			continue
		default:
			defer f.Close()
			break loop
		}
	}
	return err
}

// Goroutines, each with a defer of its own.
func fanOut(jobs []func()) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, job := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			job()
		}()
	}
}

// The loop stands before the defer, or after it.
func around(names []string) error {
	for range names {
	}
	f, err := os.Open(names[0])
	if err != nil {
		return err
	}
	defer f.Close()
	for range names {
	}
	return nil
}

// A backward goto before the defer is reached.
func connect(dial func() (net.Conn, error)) error {
again:
	c, err := dial()
	if err != nil {
		time.Sleep(time.Second)
		goto again
	}
	defer c.Close()
	return nil
}

// All shards are locked for the length of the call: meant so.
type shard struct{ sync.Mutex }

func lockAll(shards []*shard, f func()) {
	for _, s := range shards {
		s.Lock()
		defer s.Unlock() // want `suspected: s.Unlock is deferred in a loop`
	}
	f()
}

// Readers that must stay open until they have been merged.
func merge(names []string, out io.Writer) error {
	var rs []io.Reader
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close() // want `suspected: f.Close is deferred in a loop`
		rs = append(rs, f)
	}
	_, err := io.Copy(out, io.MultiReader(rs...))
	return err
}

// The same, by index and through a wrapper.
type source struct{ r io.Reader }

func newSource(r io.Reader) *source { return &source{r} }

func open(names []string, use func([]*source) error) error {
	srcs := make([]*source, len(names))
	for i, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close() // want `suspected: f.Close is deferred in a loop`
		s := newSource(f)
		srcs[i] = s
	}
	return use(srcs)
}

// The context must live until the goroutines are done.
func stopAll(ctx context.Context, stops []func(context.Context)) {
	var wg sync.WaitGroup
	for _, stop := range stops {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel() // want `suspected: cancel is deferred in a loop`
		wg.Go(func() { stop(ctx) })
	}
	wg.Wait()
}

// Every slot is taken and given back at the end.
const slots = 10

func exclusive(inFlight chan struct{}, f func()) {
	for i := 0; i < slots; i++ {
		inFlight <- struct{}{}
		defer func() { <-inFlight }() // want `suspected: a closure is deferred in a loop`
	}
	f()
}

// A fixed small number, as an array, a literal and a constant.
func pair() error {
	for _, name := range [...]string{"a", "b"} {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close() // want `suspected: f.Close is deferred in a loop`
	}
	for range 3 {
		f, err := os.Open("c")
		if err != nil {
			return err
		}
		defer f.Close() // want `suspected: f.Close is deferred in a loop`
	}
	return nil
}

// A goto, and a lock that the first turn takes.
func insist(mu *sync.Mutex, try func() error) {
	locked := false
again:
	if !locked {
		mu.Lock()
		defer mu.Unlock()
		locked = true
	}
	if try() != nil {
		goto again
	}
}

// A list of two, given where it is declared, and cut.
func probe(short bool) error {
	var names = []string{"a", "b"}
	if short {
		names = names[:1]
	}
	for i := range names {
		f, err := os.Open(names[i])
		if err != nil {
			return err
		}
		defer f.Close() // want `suspected: f.Close is deferred in a loop`
	}
	return nil
}

// Each of a list of closers, at the end.
func closeAll(cs []io.Closer, f func()) {
	for _, c := range cs {
		defer c.Close() // want `suspected: c.Close is deferred in a loop`
	}
	f()
}

// Sent to somebody who uses it after the iteration.
func hand(names []string, to chan<- *os.File, done <-chan struct{}) error {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close() // want `suspected: f.Close is deferred in a loop`
		to <- f
	}
	<-done
	return nil
}

// The linked list owns what it was given.
type node struct {
	f    *os.File
	next *node
}

func chainOf(names []string) (sum int64, err error) {
	var head *node
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return 0, err
		}
		defer f.Close() // want `suspected: f.Close is deferred in a loop`
		head = &node{f, head}
	}
	for n := head; n != nil; n = n.next {
		m, err := io.Copy(io.Discard, n.f)
		if err != nil {
			return 0, err
		}
		sum += m
	}
	return sum, nil
}

// One defer, no loop.
func plain(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Unlock()
}

// The loop that follows ends in a panic or in an exit.
func must(names []string) {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		defer f.Close()
		if _, err := f.Stat(); err != nil {
			panic(err)
		}
		os.Exit(0)
	}
}

// Locked at the first message only.
func record(mu *sync.Mutex, in <-chan int, set func(int)) {
	locked := false
	for n := range in {
		if !locked {
			mu.Lock()
			defer mu.Unlock()
			locked = true
		}
		set(n)
	}
}

// Opened when first needed.
func spill(in <-chan []byte) error {
	var f *os.File
	for b := range in {
		if f == nil {
			var err error
			if f, err = os.CreateTemp("", "spill"); err != nil {
				return err
			}
			defer f.Close()
		}
		if _, err := f.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// The monitor holds what it looked up until it ends.
type stream struct{ wg sync.WaitGroup }

func monitor(lookup func(string) (*stream, error), restored <-chan string, done <-chan struct{}) {
	var s *stream
	for {
		select {
		case name := <-restored:
			var err error
			if s, err = lookup(name); err == nil {
				s.wg.Add(1)
				defer s.wg.Done() // want `suspected: s.wg.Done is deferred in a loop`
			}
		case <-done:
			return
		}
	}
}

// Each is to be applied when all have been prepared.
type listener struct{ tls string }

func (l *listener) apply(string) {}

func reload(ls []*listener, load func(*listener) (string, error)) error {
	for _, l := range ls {
		cert, err := load(l)
		if err != nil {
			return err
		}
		defer l.apply(cert) // want `suspected: l.apply is deferred in a loop`
	}
	return nil
}

// Two at most, whichever the branch.
func exchange(ctx context.Context, tcp bool, ask func(context.Context, string) error) error {
	networks := []string{"udp", "tcp"}
	if tcp {
		networks = networks[1:]
	}
	for _, network := range networks {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel() // want `suspected: cancel is deferred in a loop`
		if err := ask(ctx, network); err != nil {
			return err
		}
	}
	return nil
}
