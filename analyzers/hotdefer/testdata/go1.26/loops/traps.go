package loops

import (
	"context"
	"errors"
	"io"
	"log"
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
		ctx, cancel := within(ctx)
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
		ctx, cancel := within(ctx)
		defer cancel() // want `suspected: cancel is deferred in a loop`
		if err := ask(ctx, network); err != nil {
			return err
		}
	}
	return nil
}

// Closed in the iteration; the defer is for the errors on the way.
func copies(names []string, out io.Writer) (err error) {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		closed := false
		defer func() { // want `suspected: a closure is deferred in a loop`
			if !closed {
				f.Close()
			}
		}()
		if _, err := io.Copy(out, f); err != nil {
			return err
		}
		f.Close()
		closed = true
	}
	return nil
}

// The same with the cancel function of a context.
func each(ctx context.Context, ask []func(context.Context) error) error {
	for _, f := range ask {
		ctx, cancel := within(ctx)
		defer cancel() // want `suspected: cancel is deferred in a loop`
		if err := f(ctx); err != nil {
			return err
		}
		cancel()
	}
	return nil
}

// All tasks run until the last one has been measured.
type task struct{}

func start(int) (*task, error) { return new(task), nil }
func (*task) Pid() uint32      { return 0 }
func (*task) Delete()          {}

func density(count int, measure func([]uint32) error) error {
	var pids []uint32
	for i := 0; i < count; i++ {
		t, err := start(i)
		if err != nil {
			return err
		}
		defer t.Delete() // want `suspected: t.Delete is deferred in a loop`
		pids = append(pids, t.Pid())
	}
	return measure(pids)
}

// Taken back if the function fails in the end.
type endpoint struct{ name string }

func (e *endpoint) Name() string        { return e.name }
func (e *endpoint) rename(string) error { return nil }

func renameAll(es []*endpoint, name string) (err error) {
	for _, e := range es {
		old := e.Name()
		e := e
		if err = e.rename(name); err != nil {
			break
		}
		defer func() { // want `suspected: a closure is deferred in a loop`
			if err != nil {
				e.rename(old)
			}
		}()
	}
	return err
}

// The same, asked first.
func renameEach(names []string, find func(string) *endpoint) (err error) {
	for _, name := range names {
		e := find(name)
		if err := e.rename("new"); err != nil {
			return err
		}
		defer func(e *endpoint, name string) { // want `suspected: a closure is deferred in a loop`
			if err == nil {
				return
			}
			e.rename(name)
		}(e, name)
	}
	return nil
}

// Each thing ranged over is locked, and gives the function that unlocks it.
type group struct{ mu sync.Mutex }

func (g *group) lock() func() { g.mu.Lock(); return g.mu.Unlock }

func collect(paths []string, groups map[string]*group, gather func()) {
	for _, path := range paths {
		if g, ok := groups[path]; ok {
			unlock := g.lock()
			defer unlock() // want `suspected: unlock is deferred in a loop`
		}
	}
	gather()
}

// What the options ask for is cleaned up at the end.
func run(opts []func() func(), do func()) {
	for _, opt := range opts {
		clean := opt()
		if clean != nil {
			defer clean() // want `suspected: clean is deferred in a loop`
		}
	}
	do()
}

// Each layer stands upon those before it, which stay until all are there.
type stack struct{ ids []string }

func (s *stack) Append(id string) { s.ids = append(s.ids, id) }

func load(ids []string, get func(stack, string) (*os.File, error), create func(stack) error) error {
	var under stack
	for _, id := range ids {
		layer, err := get(under, id)
		if err != nil {
			return err
		}
		defer layer.Close() // want `suspected: layer.Close is deferred in a loop`
		under.Append(id)
	}
	return create(under)
}

// Three attempts at most.
func threeTimes(ctx context.Context, up func(context.Context) error) (err error) {
	n := 0
	for err = up(ctx); err != nil && n < 3; n++ {
		ctx, cancel := within(ctx)
		defer cancel() // want `suspected: cancel is deferred in a loop`
		err = up(ctx)
	}
	return err
}

// The goroutine goes back to where it came from, if that is still possible.
func enter(spaces []string, open func(string) (int, error), set func(int) error, do func()) {
	reversible := true
	go func() {
		for _, space := range spaces {
			fd, err := open(space)
			if err != nil {
				return
			}
			defer func() { // want `suspected: a closure is deferred in a loop`
				if reversible {
					if err := set(fd); err != nil {
						reversible = false
					}
				}
			}()
		}
		do()
	}()
}

// The number by which the kernel knows the file goes into the message that is
// sent after the loop.
type table struct {
	open func(int32) (int32, *os.File, error)
}

type attr struct{ data uint64 }

func (t *table) send(attrs []*attr, ioctl func([]*attr) error) error {
	for _, a := range attrs {
		fd, f, err := t.open(int32(a.data))
		if err != nil {
			return err
		}
		defer f.Close() // want `suspected: f.Close is deferred in a loop`
		a.data = uint64(uint32(fd))
	}
	return ioctl(attrs)
}

type event struct{ fd int }

func (e *event) FD() (int, error) { return e.fd, nil }
func (e *event) Close()           {}

func register(find func(int32) *event, payload []int32, ioctl func([]int32) error) error {
	for i, id := range payload {
		e := find(id)
		defer e.Close() // want `suspected: e.Close is deferred in a loop`
		fd, err := e.FD()
		if err != nil {
			return err
		}
		payload[i] = int32(fd)
	}
	return ioctl(payload)
}

// What another defer works with at the end.
func remount(paths []string, open func(string) (int, error), finish, release func(int)) error {
	for _, p := range paths {
		fd, err := open(p)
		if err != nil {
			return err
		}
		defer release(fd)             // want `suspected: release is deferred in a loop`
		defer func() { finish(fd) }() // want `suspected: a closure is deferred in a loop`
	}
	return nil
}

// Set back at the end, when all are there.
type mount struct{ name string }

func (m *mount) readOnly(bool) {}

func populate(names []string, mounted func(string) *mount) {
	for _, name := range names {
		m := mounted(name)
		m.readOnly(false)
		defer func() { m.readOnly(true) }() // want `suspected: a closure is deferred in a loop`
	}
}

// What contexts pile up is ctxaccumulate's.
func contexts(ctx context.Context, names []string, ask func(context.Context, string) error) error {
	for _, name := range names {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		if err := ask(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// What a flag sets for the whole program is ended at the end of it.
func flags(args []string) error {
	for len(args) > 0 {
		switch args[0] {
		case "--log":
			f, err := os.Create(args[1])
			if err != nil {
				return err
			}
			log.SetOutput(f)
			defer f.Close() // want `suspected: f.Close is deferred in a loop`
			args = args[2:]
		default:
			return errors.New(args[0])
		}
	}
	return nil
}
