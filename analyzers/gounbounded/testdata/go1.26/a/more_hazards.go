package a

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/m/mid"
	"example.com/m/work"
)

func groupWithoutLimit(in chan work.Job) error {
	var g errgroup.Group
	for j := range in {
		g.Go(func() error { use(j); return nil }) // want `likely: one goroutine per message`
	}
	return g.Wait()
}

func twoPackagesAway(in chan work.Job) {
	for j := range in {
		mid.Submit(j) // want `likely: one goroutine per message, .*Submit ← called by twoPackagesAway ← once per message`
	}
}

type request struct{ IDs []int }

func payload(w http.ResponseWriter, r *http.Request) {
	var req request
	if json.NewDecoder(r.Body).Decode(&req) != nil {
		return
	}
	var wg sync.WaitGroup
	for _, id := range req.IDs {
		wg.Go(func() { println(id) }) // want `likely: one goroutine per payload, .* ← once per element of req.IDs, whose length the sender of the request chooses`
	}
	wg.Wait()
}

func generic(w http.ResponseWriter, r *http.Request) {
	mid.Map(strings.Split(r.FormValue("ids"), ","), func(s string) {}) // want `likely: one goroutine per payload`
}

type stream interface{ Recv() (work.Job, error) }

type server struct{}

func (s *server) process(work.Job) {}

func receiving(s *server, st stream) error {
	for {
		j, err := st.Recv()
		if err != nil {
			return err
		}
		go s.process(j) // want `likely: one goroutine per message, .* ← once per message that st.Recv\(\) returns`
	}
}

func closure(in chan work.Job) {
	start := func(j work.Job) {
		go use(j) // want `likely: one goroutine per message, .* ← called by closure ← once per message`
	}
	for j := range in {
		start(j)
	}
}

func methodValue(s *server, in chan work.Job) {
	run := s.process
	for j := range in {
		go run(j) // want `likely: one goroutine per message`
	}
}

func insideAGoroutine(in chan work.Job) {
	go func() {
		for j := range in {
			go use(j) // want `likely: one goroutine per message`
		}
	}()
}

type gate struct{ ch chan struct{} }

func (g *gate) Acquire() { g.ch <- struct{}{} }
func (g *gate) Release() { <-g.ch }

func acquiredInside(g *gate, in chan work.Job) {
	for j := range in {
		go func() { // want `likely: one goroutine per message, and the semaphore that it takes inside bounds the work, not the goroutines`
			g.Acquire()
			defer g.Release()
			use(j)
		}()
	}
}

func sequence(js iter.Seq[work.Job]) {
	for j := range js {
		go use(j) // want `suspected: one goroutine per element`
	}
}

type client interface {
	ID() string
	User() string
	Close() error
}

type users struct {
	clients map[string]client
	byUser  map[string]map[string]bool
}

func (u *users) add(c client) {
	u.clients[c.ID()] = c
	if u.byUser[c.User()] == nil {
		u.byUser[c.User()] = make(map[string]bool)
	}
	u.byUser[c.User()][c.ID()] = true
}

func (u *users) remove(c client) {
	delete(u.clients, c.ID())
	delete(u.byUser, c.User())
}

func (u *users) disconnect() {
	var wg sync.WaitGroup
	for _, ids := range u.byUser {
		wg.Add(len(ids))
		for id := range ids {
			c, ok := u.clients[id]
			if !ok {
				wg.Done()
				continue
			}
			go func(c client) { // want `likely: one goroutine per session`
				c.Close()
				wg.Done()
			}(c)
		}
	}
	wg.Wait()
}

// What is closed when the handler returns is not what the goroutine works on.
func readAndClose(w http.ResponseWriter, r *http.Request) {
	src, err := open(r.FormValue("host"))
	defer src.Close()
	b, _ := io.ReadAll(src)
	go func() { println(b, err) }() // want `likely: one goroutine per request`
}

// Closed at once, not when the handler returns.
func closedBefore(w http.ResponseWriter, r *http.Request) {
	src, _ := open(r.FormValue("host"))
	src.Close()
	go func() { println(src) }() // want `likely: one goroutine per request`
}

type packets interface {
	ReadMessage() (kind int, p []byte, err error)
}

func decoded(c packets) error {
	for {
		_, b, err := c.ReadMessage()
		if err != nil {
			return err
		}
		msg := &work.Job{}
		if json.Unmarshal(b, msg) != nil {
			return nil
		}
		go use(*msg) // want `likely: one goroutine per message, .* ← once per message that c.ReadMessage\(\) returns`
	}
}

func framed(r io.Reader) error {
	for {
		j, err := readJob(r)
		if err != nil {
			return err
		}
		go use(j) // want `likely: one goroutine per message, .* ← once per message that readJob\(r\) returns`
	}
}

func readJob(io.Reader) (work.Job, error) { return work.Job{}, nil }

// What is returned is not the goroutine's.
func enqueue(j work.Job) int {
	t := &session{id: j.ID}
	go t.loop() // want `likely: one goroutine per message`
	return t.id
}

func enqueueAll(in chan work.Job) {
	for j := range in {
		enqueue(j)
	}
}

type listRequest struct{ Names []string }

func (*listRequest) ProtoMessage() {}

type listReply struct{}

func (*listReply) ProtoMessage() {}

// A method of a service, registered elsewhere.
func (s *server) List(ctx context.Context, req *listRequest) (*listReply, error) {
	var g errgroup.Group
	for _, name := range req.Names {
		g.Go(func() error { println(name); return nil }) // want `likely: one goroutine per payload`
	}
	return &listReply{}, g.Wait()
}

type frame struct{ id int }

func (f *frame) parse(b []byte) error { return nil }

type link struct{ r io.Reader }

// Read by a literal, decoded by a method, started by another function.
func (l *link) run() {
	read := func() ([]byte, error) {
		b := make([]byte, 16)
		_, err := io.ReadFull(l.r, b)
		return b, err
	}
	for {
		b, err := read()
		if err != nil {
			return
		}
		var m frame
		if m.parse(b) != nil {
			return
		}
		l.handle(m)
	}
}

func (l *link) handle(m frame) {
	if m.id == 0 {
		return
	}
	go println(m.id) // want `likely: one goroutine per message, .* ← called by \(\*link\).run ← once per message that read\(\) returns`
}

// The group that it is given is waited for after the last message only.
func grouped(in chan work.Job) {
	var wg sync.WaitGroup
	for j := range in {
		started(&wg, j)
	}
	wg.Wait()
}

func started(wg *sync.WaitGroup, j work.Job) {
	wg.Add(1)
	go func() { // want `likely: one goroutine per message`
		defer wg.Done()
		use(j)
	}()
}

type replies interface {
	stream
	Send(work.Job) error
}

// The server's side of a stream: the client sends as fast as it likes.
func replying(st replies) error {
	for {
		j, err := st.Recv()
		if err != nil {
			return err
		}
		go func() { st.Send(j) }() // want `likely: one goroutine per message`
	}
}

// Whether the slice is empty says nothing about its length.
func notEmpty(w http.ResponseWriter, r *http.Request) {
	ids := strings.Split(r.FormValue("ids"), ",")
	if len(ids) > 0 {
		for _, id := range ids {
			go println(id) // want `likely: one goroutine per payload`
		}
	}
}

// It waits for a second, not for the goroutine.
func impatient(in chan work.Job) {
	for j := range in {
		done := make(chan bool)
		go func() { use(j); done <- true }() // want `likely: one goroutine per message`
		select {
		case <-done:
		case <-time.After(time.Second):
		}
	}
}
