package a

import (
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/m/mid"
	"example.com/m/work"
)

// The group has a limit.
func limited(in chan work.Job) error {
	var g errgroup.Group
	g.SetLimit(8)
	for j := range in {
		g.Go(func() error { use(j); return nil })
	}
	return g.Wait()
}

// A constructor of another package sets it.
func limitedElsewhere(in chan work.Job) error {
	g := mid.Limited()
	for j := range in {
		g.Go(func() error { use(j); return nil })
	}
	return g.Wait()
}

// A helper of another package sets it.
func limitedByHelper(in chan work.Job) error {
	var g errgroup.Group
	mid.Limit(&g)
	for j := range in {
		g.Go(func() error { use(j); return nil })
	}
	return g.Wait()
}

// The slot is taken in the select that leads to the goroutine; else the job is dropped.
func dropping(sem chan struct{}, in chan work.Job) {
	for j := range in {
		select {
		case sem <- struct{}{}:
			go func() { defer func() { <-sem }(); use(j) }()
		default:
		}
	}
}

type pump struct {
	mu      sync.Mutex
	running bool
	busy    map[int]bool
}

// A flag lets one run.
func (p *pump) kick(in chan work.Job) {
	for j := range in {
		p.mu.Lock()
		if !p.running {
			p.running = true
			go p.drain(j)
		}
		p.mu.Unlock()
	}
}

func (p *pump) drain(work.Job) {}

// One per key.
func (p *pump) dedup(in chan work.Job) {
	for j := range in {
		if p.busy[j.ID] {
			continue
		}
		p.busy[j.ID] = true
		go p.drain(j)
	}
}

// A condition variable is a semaphore too.
type budget struct {
	mu    sync.Mutex
	cond  *sync.Cond
	avail int
}

func (b *budget) take() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.avail == 0 {
		b.cond.Wait()
	}
	b.avail--
}

func (b *budget) give() {
	b.mu.Lock()
	b.avail++
	b.cond.Broadcast()
	b.mu.Unlock()
}

func budgeted(b *budget, in chan work.Job) {
	for j := range in {
		b.take()
		go func() { defer b.give(); use(j) }()
	}
}

// Each batch is waited for.
func batches(in chan []work.Job) {
	for js := range in {
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() { use(js[i]) })
		}
		wg.Wait()
	}
}

type greeting struct {
	conn net.Conn
	name string
}

// A message that holds a connection is one.
func greet(in chan greeting) {
	for g := range in {
		go println(g.name)
	}
}

type byDevice struct{ conns map[int][]*conn }

func (b *byDevice) add(id int, c *conn) { b.conns[id] = append(b.conns[id], c) }
func (b *byDevice) remove(id int)       { delete(b.conns, id) }

// What is under one key is not the whole registry.
func (b *byDevice) closeOne(id int) {
	for _, c := range b.conns[id] {
		go c.Close() // want `suspected: one goroutine per element`
	}
}

// A timer's turn, not a message's.
func reports(opts chan string, t *time.Timer) {
	var url string
	for {
		select {
		case url = <-opts:
		case <-t.C:
			go println(url) // want `suspected: one goroutine per tick`
		}
	}
}

// A condition three calls down says that it is rare.
func far(in chan work.Job) {
	for j := range in {
		first(j)
	}
}

func first(j work.Job) { second(j) }

func second(j work.Job) {
	if j.ID == 0 {
		go use(j) // want `suspected: one goroutine per message`
	}
}

// The loop hands out chunks.
func chunks(js []work.Job) {
	for _, j := range js[:8] {
		go use(j)
	}
}

func (u *users) disconnectInTurn() {
	var wg sync.WaitGroup
	sem := make(chan struct{}, 100)
	for _, ids := range u.byUser {
		wg.Add(len(ids))
		for id := range ids {
			c, ok := u.clients[id]
			if !ok {
				wg.Done()
				continue
			}
			sem <- struct{}{} // at most 100 at a time
			go func(c client) {
				defer func() { <-sem }()
				c.Close()
				wg.Done()
			}(c)
		}
	}
	wg.Wait()
}

// One per accepted connection, whose handshake has a deadline.
func handshakes(l net.Listener, out chan net.Conn) {
	var mu sync.Mutex
	pending := make(map[net.Conn]struct{})
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		mu.Lock()
		pending[c] = struct{}{}
		mu.Unlock()
		go func() {
			c.SetDeadline(time.Now().Add(time.Minute))
			mu.Lock()
			delete(pending, c)
			mu.Unlock()
			out <- c
		}()
	}
}

// The pipe that it writes to is closed when the handler returns.
func piped(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	pr, pw := io.Pipe()
	defer pr.Close()
	go func() { pw.CloseWithError(write(pw, name)) }()
	io.Copy(w, pr)
}

func write(w io.Writer, name string) error { _, err := io.WriteString(w, name); return err }

// The connection that it reads is closed when the handler returns.
func proxied(w http.ResponseWriter, r *http.Request) {
	host := r.FormValue("host")
	src, err := open(host)
	if err != nil {
		return
	}
	defer func() { src.Close() }()
	go func() { copyFrom(src, host) }()
	io.Copy(w, src)
}

type feed struct{}

func (*feed) Read([]byte) (int, error) { return 0, nil }
func (*feed) Close() error             { return nil }

func open(string) (*feed, error)   { return nil, nil }
func copyFrom(src *feed, s string) {}

// Its caller ends it, by a channel in what the function returns.
func ticking(w http.ResponseWriter, r *http.Request) {
	k := keepAlive(w)
	defer k.stop()
	use(work.Job{})
}

type keeper struct{ done chan bool }

func (k *keeper) stop() { close(k.done) }

func keepAlive(w io.Writer) *keeper {
	done := make(chan bool)
	k := keeper{done: done}
	go func() { <-done; w.Write(nil) }()
	return &k
}

// Its caller receives what it sends, by means that are not seen.
func listing(w http.ResponseWriter, r *http.Request) {
	for s := range list(r.FormValue("dir")) {
		io.WriteString(w, s)
	}
}

func list(dir string) <-chan string {
	out := make(chan string)
	go work.List(dir, out)
	return out
}

type session struct{ id int }

func (s *session) loop() {}

// The goroutine belongs to what is returned, which something else may count.
func open1(j work.Job) *session {
	s := &session{id: j.ID}
	go s.loop() // want `suspected: one goroutine per message`
	return s
}

func sessions(in chan work.Job) {
	for j := range in {
		keep(open1(j))
	}
}

func keep(*session) {}

// What is to be closed one day is a session, not a message.
func clients(in chan client) {
	for c := range in {
		go println(c.ID())
	}
}

func clientsInTurn(in chan client, done chan bool) {
	for {
		select {
		case <-done:
			return
		default:
		}
		c := <-in
		go println(c.ID())
	}
}

// Its caller closes the pipe that it writes to.
func archived(w http.ResponseWriter, r *http.Request) {
	rc := archive(r.FormValue("name"))
	defer rc.Close()
	io.Copy(w, rc)
}

func archive(name string) io.ReadCloser {
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(write(pw, name)) }()
	return pr
}

// The channel that it is given is received from where it was made.
func gathered(w http.ResponseWriter, r *http.Request) {
	out := make(chan string)
	sendTo(out, r.FormValue("name"))
	io.WriteString(w, <-out)
}

func sendTo(out chan<- string, name string) {
	go func() { out <- name }()
}

type worker interface {
	Recv() (work.Job, error)
	Send(work.Job) error
	CloseSend() error
}

// A worker is given the next piece of work when it has answered.
func lockStep(st worker) error {
	for {
		j, err := st.Recv()
		if err != nil {
			return err
		}
		go func() { st.Send(j) }() // want `suspected: one goroutine per message`
	}
}

// As many as the counter lets through.
func (p *pump) scale(n int, in chan work.Job) {
	for n > 0 {
		j := <-in
		go p.drain(j)
		n--
	}
}

// A timer that is kept may be stopped.
func kept(in chan work.Job, timers map[int]*time.Timer) {
	for j := range in {
		timers[j.ID] = time.AfterFunc(time.Second, func() { use(j) }) // want `suspected: one goroutine per message`
	}
}

// What was acquired is released by the goroutine.
func released(in chan work.Job, acquire func() (func(), error)) {
	for j := range in {
		release, err := acquire()
		if err != nil {
			return
		}
		go func() {
			defer release()
			use(j)
		}()
	}
}

// The request's context ends it.
func watched(w http.ResponseWriter, r *http.Request) {
	name, ctx := r.FormValue("name"), r.Context()
	go func() {
		<-ctx.Done()
		println(name)
	}()
	use(work.Job{})
}

// How the source of the messages fared is not a message.
func failing(st stream) {
	for {
		_, err := st.Recv()
		if err != nil {
			go println(err.Error()) // want `suspected: one goroutine per retry`
			return
		}
	}
}

// One per connection, which the handler was given.
func hijacked(w http.ResponseWriter, r *http.Request) {
	serveConn(upgrade(w, r), r.FormValue("name"))
}

func upgrade(http.ResponseWriter, *http.Request) net.Conn { return nil }

func serveConn(c net.Conn, name string) { go pumpTo(c, name) }
func pumpTo(net.Conn, string)           {}

// Both ends come from one pipe of our own, and the caller closes the one that it gets.
type duplex struct{ r, w end }

type end struct{ c chan []byte }

func newDuplex() *duplex {
	c := make(chan []byte)
	return &duplex{end{c}, end{c}}
}

func (d *duplex) Reader() *end { return &d.r }
func (d *duplex) Writer() *end { return &d.w }

func (e *end) Read(p []byte) (int, error)  { return copy(p, <-e.c), nil }
func (e *end) Write(p []byte) (int, error) { e.c <- p; return len(p), nil }
func (e *end) Close() error                { close(e.c); return nil }

func streamed(fill func(io.Writer)) io.ReadCloser {
	d := newDuplex()
	w := d.Writer()
	r := d.Reader()
	go func() { fill(w); w.Close() }()
	return r
}

func perRequest(w http.ResponseWriter, r *http.Request) {
	body := streamed(func(w io.Writer) { w.Write(nil) })
	defer body.Close()
	io.Copy(w, body)
}

// The workers answer on a channel that each request holds, and the handler
// waits for all answers.
type inquiry struct {
	id     string
	answer chan int
}

type fetcher struct{ requests chan inquiry }

func (f *fetcher) fetch(w http.ResponseWriter, r *http.Request) {
	answers := make(chan int)
	var rs []inquiry
	for _, id := range r.Form["id"] {
		rs = append(rs, inquiry{id, answers})
	}
	go func() {
		for _, q := range rs {
			f.requests <- q
		}
	}()
	for range rs {
		<-answers
	}
}
