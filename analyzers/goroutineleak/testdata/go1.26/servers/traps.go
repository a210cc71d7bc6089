// Package servers is written as servers are: what it starts ends.
package servers

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// The listener's error has room, and the shutdown waits for it.
func run(ctx context.Context, srv *http.Server) error {
	failed := make(chan error, 1)
	go func() {
		if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
		close(failed)
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		stop, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return srv.Shutdown(stop)
	}
}

// Both directions, each with room; the one that is left ends with its connection.
func proxy(a, b net.Conn) error {
	errs := make(chan error, 2)
	cp := func(dst, src net.Conn) {
		_, err := io.Copy(dst, src)
		errs <- err
	}
	go cp(a, b)
	go cp(b, a)
	return <-errs
}

// One direction here, the other one there, which is waited for.
func tunnel(a, b net.Conn) {
	done := make(chan struct{})
	go func() {
		io.Copy(a, b)
		a.Close()
		done <- struct{}{}
	}()
	io.Copy(b, a)
	b.Close()
	<-done
}

// A connection has a reader and a writer; the one closes the channel of the other.
type conn struct {
	net.Conn
	out    chan []byte
	closed atomic.Bool
	once   sync.Once
	done   chan struct{}
}

func serve(ln net.Listener, handle func([]byte) []byte) error {
	for {
		nc, err := ln.Accept()
		if err != nil {
			return err
		}
		c := &conn{Conn: nc, out: make(chan []byte, 16), done: make(chan struct{})}
		go c.readLoop(handle)
		go c.writeLoop()
	}
}

func (c *conn) readLoop(handle func([]byte) []byte) {
	defer c.close()
	sc := bufio.NewScanner(c)
	for sc.Scan() {
		select {
		case c.out <- handle(sc.Bytes()):
		case <-c.done:
			return
		}
	}
}

func (c *conn) writeLoop() {
	defer c.close()
	for {
		select {
		case b := <-c.out:
			if _, err := c.Write(b); err != nil {
				return
			}
		case <-c.done:
			return
		}
	}
}

func (c *conn) close() {
	c.once.Do(func() {
		close(c.done)
		c.Conn.Close()
	})
}

// Subscribers come and go; one that is slow misses something.
type broker struct {
	mu   sync.RWMutex
	subs map[chan string]struct{}
}

func (b *broker) Subscribe(ctx context.Context, f func(string)) {
	ch := make(chan string, 8)
	b.mu.Lock()
	b.subs[ch] = struct{}{}
	b.mu.Unlock()
	go func() {
		for msg := range ch {
			f(msg)
		}
	}()
	go func() {
		<-ctx.Done()
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subs, ch)
		close(ch)
	}()
}

func (b *broker) Publish(msg string) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for ch := range b.subs {
		select {
		case ch <- msg:
		default:
		}
	}
}

// What is asked of the loop is answered by it, or it has ended.
type request struct {
	key   string
	reply chan string
}

type loop struct {
	reqs chan request
	quit chan struct{}
	done chan struct{}
}

func newLoop() *loop {
	l := &loop{reqs: make(chan request), quit: make(chan struct{}), done: make(chan struct{})}
	go l.run()
	return l
}

func (l *loop) run() {
	defer close(l.done)
	state := make(map[string]string)
	for {
		select {
		case r := <-l.reqs:
			r.reply <- state[r.key]
		case <-l.quit:
			return
		}
	}
}

func (l *loop) Get(key string) (string, bool) {
	r := request{key, make(chan string, 1)}
	select {
	case l.reqs <- r:
		return <-r.reply, true
	case <-l.done:
		return "", false
	}
}

func (l *loop) Close() {
	close(l.quit)
	<-l.done
}

// Whoever comes second waits for the first, which closes whatever happens.
type group struct {
	mu    sync.Mutex
	calls map[string]*call
}

type call struct {
	done chan struct{}
	val  string
	err  error
}

func (g *group) Do(ctx context.Context, key string, f func() (string, error)) (string, error) {
	g.mu.Lock()
	c := g.calls[key]
	if c == nil {
		c = &call{done: make(chan struct{})}
		g.calls[key] = c
		go func() {
			c.val, c.err = f()
			g.mu.Lock()
			delete(g.calls, key)
			g.mu.Unlock()
			close(c.done)
		}()
	}
	g.mu.Unlock()
	select {
	case <-c.done:
		return c.val, c.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// A queue that is closed wakes all who wait.
type queue struct {
	mu     sync.Mutex
	cond   *sync.Cond
	items  []string
	closed bool
}

func newQueue(workers int, f func(string)) *queue {
	q := &queue{}
	q.cond = sync.NewCond(&q.mu)
	for range workers {
		go func() {
			for {
				s, ok := q.pop()
				if !ok {
					return
				}
				f(s)
			}
		}()
	}
	return q
}

func (q *queue) pop() (string, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		q.cond.Wait()
	}
	if q.closed {
		return "", false
	}
	s := q.items[0]
	q.items = q.items[1:]
	return s, true
}

func (q *queue) Push(s string) {
	q.mu.Lock()
	q.items = append(q.items, s)
	q.mu.Unlock()
	q.cond.Signal()
}

func (q *queue) Close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.cond.Broadcast()
}

// The wait has an end of its own.
func waitFor(wg *sync.WaitGroup, d time.Duration) bool {
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-time.After(d):
		return false
	}
}

// It stops under its lock, but who works takes another.
type service struct {
	mu      sync.Mutex
	running bool
	quit    chan struct{}
	wg      sync.WaitGroup

	statsMu sync.Mutex
	n       int
}

func (s *service) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running {
		return
	}
	s.running = true
	s.quit = make(chan struct{})
	s.wg.Add(1)
	go s.work(s.quit)
}

func (s *service) work(quit <-chan struct{}) {
	defer s.wg.Done()
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			s.statsMu.Lock()
			s.n++
			s.statsMu.Unlock()
		case <-quit:
			return
		}
	}
}

func (s *service) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running {
		return
	}
	s.running = false
	close(s.quit)
	s.wg.Wait()
}

// All are asked and all answers received, in whatever order they come.
func fanOut(ctx context.Context, urls []string, get func(context.Context, string) (string, error)) (map[string]string, error) {
	type answer struct {
		url, body string
		err       error
	}
	answers := make(chan answer)
	for _, u := range urls {
		go func() {
			body, err := get(ctx, u)
			answers <- answer{u, body, err}
		}()
	}
	var first error
	all := make(map[string]string)
	for range urls {
		a := <-answers
		if a.err != nil && first == nil {
			first = a.err
		}
		all[a.url] = a.body
	}
	return all, first
}

// Workers take jobs until there are no more, and the results until all have ended.
func pool(jobs []string, n int, f func(string) error) (failed int) {
	todo := make(chan string)
	errs := make(chan error)
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range todo {
				errs <- f(j)
			}
		}()
	}
	go func() {
		defer close(todo)
		for _, j := range jobs {
			todo <- j
		}
	}()
	go func() {
		wg.Wait()
		close(errs)
	}()
	for err := range errs {
		if err != nil {
			failed++
		}
	}
	return failed
}

// A producer that is told when nobody reads any more.
func scan(r io.Reader, match func(string) bool) (string, bool) {
	lines := make(chan string)
	done := make(chan struct{})
	defer close(done)
	go func() {
		defer close(lines)
		sc := bufio.NewScanner(r)
		for sc.Scan() {
			select {
			case lines <- sc.Text():
			case <-done:
				return
			}
		}
	}()
	for line := range lines {
		if match(line) {
			return line, true
		}
	}
	return "", false
}

// A batch is flushed by the one goroutine that there is, when it is full or at its time.
type batcher struct {
	in    chan string
	flush chan chan struct{}
	stop  chan struct{}
	wg    sync.WaitGroup
}

func newBatcher(write func([]string)) *batcher {
	b := &batcher{in: make(chan string, 64), flush: make(chan chan struct{}), stop: make(chan struct{})}
	b.wg.Add(1)
	go func() {
		defer b.wg.Done()
		var batch []string
		t := time.NewTimer(time.Second)
		defer t.Stop()
		for {
			select {
			case s := <-b.in:
				if batch = append(batch, s); len(batch) < 100 {
					continue
				}
			case <-t.C:
				t.Reset(time.Second)
			case ack := <-b.flush:
				write(batch)
				batch = nil
				close(ack)
				continue
			case <-b.stop:
				write(batch)
				return
			}
			write(batch)
			batch = nil
		}
	}()
	return b
}

func (b *batcher) Add(s string) error {
	select {
	case b.in <- s:
		return nil
	case <-b.stop:
		return net.ErrClosed
	}
}

func (b *batcher) Flush() {
	ack := make(chan struct{})
	select {
	case b.flush <- ack:
		<-ack
	case <-b.stop:
	}
}

func (b *batcher) Close() {
	close(b.stop)
	b.wg.Wait()
}

// A handle is closed under the lock; the loop takes it, but not before it has ended.
type watcher struct {
	mu      sync.Mutex
	cancel  context.CancelFunc
	done    chan struct{}
	updates int
}

func (w *watcher) Watch(parent context.Context, next func(context.Context) error) {
	ctx, cancel := context.WithCancel(parent)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cancel, w.done = cancel, make(chan struct{})
	go func(done chan struct{}) {
		defer close(done)
		for {
			if err := next(ctx); err != nil {
				return
			}
			w.mu.Lock()
			w.updates++
			w.mu.Unlock()
		}
	}(w.done)
}

func (w *watcher) Stop() {
	w.mu.Lock()
	cancel, done := w.cancel, w.done
	w.mu.Unlock()
	if cancel != nil {
		cancel()
		<-done
	}
}

// Whoever says that it is finished has waited for all who work, and these for who reads.
func recoverAll(records []string, n int, apply func(string) error) (first error) {
	errs := make(chan error)
	inputs := make([]chan string, n)
	var wg sync.WaitGroup
	wg.Add(n)
	for i := range n {
		inputs[i] = make(chan string)
		go func(in <-chan string) {
			defer wg.Done()
			for r := range in {
				if err := apply(r); err != nil {
					errs <- err
				}
			}
		}(inputs[i])
	}
	go func() {
		for i, r := range records {
			if r == "" {
				errs <- errors.New("an empty record")
				continue
			}
			inputs[i%n] <- r
		}
		for _, in := range inputs {
			close(in)
		}
	}()
	finished := make(chan struct{})
	go func() {
		wg.Wait()
		finished <- struct{}{}
	}()
	for {
		select {
		case <-finished:
			return first
		case err := <-errs:
			if first == nil {
				first = err
			}
		}
	}
}

// Each result or error of each job is received, by one channel or the other.
func fetchAll(keys []string, n int, fetch func(string) (string, error)) (all []string, last error) {
	todo := make(chan string)
	go func() {
		for _, k := range keys {
			todo <- k
		}
		close(todo)
	}()
	fetched, errs := make(chan string), make(chan error)
	for range min(n, len(keys)) {
		go func() {
			for k := range todo {
				v, err := fetch(k)
				if err != nil {
					errs <- err
				} else {
					fetched <- v
				}
			}
		}()
	}
	for range len(keys) {
		select {
		case v := <-fetched:
			all = append(all, v)
		case err := <-errs:
			last = err
		}
	}
	return all, last
}

// Two copy, and both are waited for.
func pipe(a, b net.Conn) {
	errs := make(chan error)
	go copyTo(a, b, errs)
	go copyTo(b, a, errs)
	if err := <-errs; err != nil {
		io.WriteString(a, err.Error())
	}
	<-errs
}

func copyTo(dst io.Writer, src io.Reader, errs chan error) {
	_, err := io.Copy(dst, src)
	errs <- err
}

// Who is started in passing is waited for by a defer that comes after.
func listAll(ctx context.Context, sized bool, size func(context.Context) error, names []string) (err error) {
	if sized {
		sizes := make(chan error)
		go func() { sizes <- size(ctx) }()
		defer func() {
			if e := <-sizes; e != nil {
				err = e
			}
		}()
	}
	for _, n := range names {
		if n == "" {
			return errors.New("a name is empty")
		}
	}
	return nil
}

// The accepted connections are received to the end, and those that work are waited for.
func serveUntilIdle(ctx context.Context, ln net.Listener, handle func(context.Context, net.Conn) error) error {
	accepted := make(chan net.Conn)
	ended := make(chan error)
	active := 0
	var acceptErr error
	go func() {
		defer close(accepted)
		for {
			var c net.Conn
			c, acceptErr = ln.Accept()
			if acceptErr != nil {
				return
			}
			accepted <- c
		}
	}()
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		ln.Close()
		for c := range accepted {
			c.Close()
		}
		cancel()
		for ; active > 0; active-- {
			<-ended
		}
	}()
	idle := time.NewTimer(time.Minute)
	defer idle.Stop()
	for {
		select {
		case c, ok := <-accepted:
			if !ok {
				return acceptErr
			}
			active++
			go func() { ended <- handle(ctx, c) }()
		case err := <-ended:
			if err != nil {
				return err
			}
			active--
		case <-idle.C:
			return context.DeadlineExceeded
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// There is room for what both say, and for what is said instead of one.
func both(ctx context.Context, local, remote func(context.Context) ([]string, error), skip bool) (all []string, err error) {
	found := make(chan []string, 2)
	errs := make(chan error, 2)
	if skip {
		found <- nil
	} else {
		go func() {
			names, err := local(ctx)
			if err != nil {
				errs <- err
				return
			}
			found <- names
		}()
	}
	go func() {
		names, err := remote(ctx)
		if err != nil {
			errs <- err
			return
		}
		found <- names
	}()
	for range 2 {
		select {
		case err := <-errs:
			return nil, err
		case names := <-found:
			all = append(all, names...)
		}
	}
	return all, nil
}

// One of three is started, and its answer has room.
func heal(w http.ResponseWriter, r *http.Request, mode string, do func(string) string) {
	answers := make(chan string, 1)
	switch mode {
	case "stop":
		go func() { answers <- do("stop") }()
	case "fetch":
		go func() { answers <- do("fetch") }()
	default:
		go func() { answers <- do("start") }()
	}
	keepAlive(w, r, answers)
}

func keepAlive(w http.ResponseWriter, r *http.Request, answers <-chan string) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			if _, err := io.WriteString(w, " "); err != nil {
				return
			}
		case a := <-answers:
			io.WriteString(w, a)
			return
		}
	}
}

// A build is cancelled or finished, and in both cases that is received.
func build(ctx context.Context, start func() error, remove func()) error {
	finished := make(chan struct{})
	cancelled := make(chan error, 1)
	go func() {
		select {
		case <-ctx.Done():
			remove()
			cancelled <- ctx.Err()
		case <-finished:
			cancelled <- nil
		}
	}()
	if err := start(); err != nil {
		close(finished)
		report(cancelled)
		return err
	}
	close(finished)
	return <-cancelled
}

func report(cancelled <-chan error) {
	if err := <-cancelled; err != nil {
		println(err.Error())
	}
}

// Each has a channel of its own, with room for what it says.
func firstGood(ctx context.Context, keys []string, ask func(context.Context, string) string) string {
	answers := make([]chan string, len(keys))
	for i := range keys {
		answers[i] = make(chan string, 1)
	}
	for i, k := range keys {
		go func() { answers[i] <- ask(ctx, k) }()
	}
	for _, a := range answers {
		select {
		case s := <-a:
			if s != "" {
				return s
			}
		case <-ctx.Done():
			return ""
		}
	}
	return ""
}

// Done is handed on, to be called when a connection ends.
func acceptAll(ln net.Listener, bind func(c net.Conn, ended func())) {
	go func() {
		var open sync.WaitGroup
		for {
			c, err := ln.Accept()
			if err != nil {
				break
			}
			open.Add(1)
			bind(c, open.Done)
		}
		open.Wait()
	}()
}

// A condition with a wait of its own, beside the methods that it has from the embedded one.
type contextCond struct {
	*sync.Cond
	before func()
}

func (c contextCond) Wait(ctx context.Context) {
	woken := make(chan struct{})
	go func() {
		if c.before != nil {
			c.before()
		}
		c.Cond.Wait()
		close(woken)
	}()
	select {
	case <-woken:
	case <-ctx.Done():
		c.Broadcast()
	}
}

type requests struct {
	mu    sync.Mutex
	cond  contextCond
	items []string
}

func NewRequests() *requests {
	r := &requests{}
	r.cond = contextCond{Cond: sync.NewCond(&r.mu)}
	return r
}

func (r *requests) Push(s string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.items = append(r.items, s)
	r.cond.Broadcast()
}

func (r *requests) Pop(ctx context.Context) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.items) == 0 && ctx.Err() == nil {
		r.cond.Wait(ctx)
	}
	if len(r.items) == 0 {
		return ""
	}
	s := r.items[0]
	r.items = r.items[1:]
	return s
}

// The last one of all, and the first one that fails, says so.
type tracker struct {
	pending, failed atomic.Int32
	done            chan struct{}
	err             chan error
}

func (t *tracker) report(err error) {
	if err == nil {
		if t.pending.Add(-1) == 0 {
			t.done <- struct{}{}
		}
	} else if t.failed.Add(1) == 1 {
		t.err <- err
	}
}

func push(ctx context.Context, streams []string, send func(string) error, more func() error) error {
	t := &tracker{done: make(chan struct{}, 1), err: make(chan error, 1)}
	t.pending.Store(int32(len(streams)) + 1)
	go func() { t.report(more()) }()
	for _, s := range streams {
		go func() { t.report(send(s)) }()
	}
	select {
	case err := <-t.err:
		return err
	case <-t.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// What waits for all of several may wait for others that wait for several: each has a
// group of its own.
type waiter interface{ Wait(ctx context.Context) }

type allOf struct {
	wg   sync.WaitGroup
	each []waiter
}

func (a *allOf) Wait(ctx context.Context) {
	a.wg.Add(len(a.each))
	for _, w := range a.each {
		go func() {
			defer a.wg.Done()
			w.Wait(ctx)
		}()
	}
	a.wg.Wait()
}

func AllOf(each ...waiter) waiter { return &allOf{each: each} }

// It waits for whoever was started by an earlier call.
type sweeper struct{ wg sync.WaitGroup }

func (s *sweeper) Start(sweep func()) {
	s.wg.Wait()
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		sweep()
	}()
}

// There is a place for each value.
type places struct{ free chan struct{} }

func newPlaces(n int) *places {
	p := &places{free: make(chan struct{}, n)}
	for i := 0; i < n; i++ {
		p.free <- struct{}{}
	}
	return p
}

func Places(n int) int { return cap(newPlaces(n).free) }

// The group counts what is to be done, not who does it.
type crawl struct {
	mu    sync.Mutex
	queue []string
}

func (c *crawl) next() (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		return "", false
	}
	name := c.queue[0]
	c.queue = c.queue[1:]
	return name, true
}

func Crawl(root string, list func(string) []string) {
	c := &crawl{}
	var pending sync.WaitGroup
	add := func(name string) {
		pending.Add(1)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.queue = append(c.queue, name)
	}
	add(root)
	done := make(chan struct{})
	for range 4 {
		go func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				name, ok := c.next()
				if !ok {
					time.Sleep(time.Millisecond)
					continue
				}
				for _, sub := range list(name) {
					add(sub)
				}
				pending.Done()
			}
		}()
	}
	pending.Wait()
	close(done)
}

// It gives back the place that it has taken, with the lock held.
func upload(chunks [][]byte, send func([]byte) error) error {
	var mu sync.Mutex
	var failed error
	var wg sync.WaitGroup
	places := make(chan struct{}, 4)
	for _, chunk := range chunks {
		places <- struct{}{}
		mu.Lock()
		if failed != nil {
			<-places
			mu.Unlock()
			break
		}
		mu.Unlock()
		wg.Add(1)
		go func() {
			defer wg.Done()
			err := send(chunk)
			mu.Lock()
			failed = errors.Join(failed, err)
			mu.Unlock()
			<-places
		}()
	}
	wg.Wait()
	return failed
}

func Upload(chunks [][]byte, send func([]byte) error) error { return upload(chunks, send) }
