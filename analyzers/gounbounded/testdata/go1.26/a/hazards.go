package a

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"time"

	"example.com/m/work"
)

func perMessage(in chan work.Job) {
	for j := range in {
		go use(j) // want `likely: one goroutine per message, .* ← once per message received from in`
	}
}

func perSelect(in chan work.Job, done chan bool) {
	for {
		select {
		case j := <-in:
			go use(j) // want `likely: one goroutine per message`
		case <-done:
			return
		}
	}
}

func perPacket(c net.PacketConn) {
	for {
		buf := make([]byte, 1500)
		n, _, err := c.ReadFrom(buf)
		if err != nil {
			return
		}
		go func() { println(buf[:n]) }() // want `likely: one goroutine per message`
	}
}

func perLine(s *bufio.Scanner) {
	for s.Scan() {
		line := s.Text()
		go println(line) // want `likely: one goroutine per message`
	}
}

func otherPackage(in chan work.Job) {
	for j := range in {
		work.Start(j) // want `likely: one goroutine per message, .* ← called by otherPackage ← once per message`
	}
}

func inOtherWords(in chan work.Job) {
	for j := range in {
		work.Go(func() { use(j) }) // want `likely: one goroutine per message`
	}
}

func group(in chan work.Job) {
	var wg sync.WaitGroup
	for j := range in {
		wg.Go(func() { use(j) }) // want `likely: one goroutine per message`
	}
	wg.Wait()
}

func later(in chan work.Job) {
	for j := range in {
		time.AfterFunc(time.Second, func() { use(j) }) // want `likely: one goroutine per message`
	}
}

func dispatch(in chan work.Job) {
	for j := range in {
		handle(j)
	}
}

func handle(j work.Job) {
	go use(j) // want `likely: one goroutine per message, .* ← called by dispatch ← once per message received from in`
}

func serve(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	go println(name) // want `likely: one goroutine per request`
}

func inside(in chan work.Job) {
	sem := make(chan struct{}, 8)
	for j := range in {
		go func() { // want `likely: one goroutine per message`
			sem <- struct{}{}
			defer func() { <-sem }()
			use(j)
		}()
	}
}

func unknown(js []work.Job) {
	for _, j := range js {
		go use(j) // want `suspected: one goroutine per element`
	}
}

func use(work.Job) {}

type conn struct{}

func (*conn) Close() {}

type hub struct{ conns map[int]*conn }

func (h *hub) add(id int, c *conn) { h.conns[id] = c }
func (h *hub) remove(id int)       { delete(h.conns, id) }

func (h *hub) shutdown() {
	var wg sync.WaitGroup
	for _, c := range h.conns {
		wg.Go(c.Close) // want `likely: one goroutine per session`
	}
	wg.Wait()
}
