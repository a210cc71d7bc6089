package a

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"os/exec"

	"example.com/m/work"
)

// A registry in another package refuses a second one of the same name.
func startScan(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	if !work.Scans.Add(name) {
		http.Error(w, "it runs", http.StatusConflict)
		return
	}
	go scan(name) // want `suspected: one goroutine per request`
}

func scan(name string) {
	defer work.Scans.Remove(name)
	println(name)
}

func startScanInside(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	if work.Scans.Add(name) {
		go func() { // want `suspected: one goroutine per request`
			defer func() {
				work.Scans.Remove(name)
			}()
			println(name)
		}()
	}
}

// Nothing is taken back at the end.
func startKnown(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	if !work.Scans.Has(name) {
		return
	}
	go work.Scans.Touch(name) // want `likely: one goroutine per request`
	go func() {               // want `likely: one goroutine per request`
		work.Scans.Touch(name)
		println(name)
	}()
}

// What is told at the end is not asked at the begin.
func startCounted(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	if name == "" {
		return
	}
	go scan(name) // want `likely: one goroutine per request`
}

// The semaphore is inside, in another package.
func notified(w http.ResponseWriter, r *http.Request) {
	work.Notify(work.Job{ID: len(r.FormValue("name"))}) // want `likely: one goroutine per request, and the semaphore that it takes inside bounds the work`
}

// A channel of a connection is a session that this side accepts.
type channel interface {
	Accept() (net.Conn, <-chan string, error)
	Reject(reason string) error
}

func acceptSessions(opened <-chan channel) {
	for c := range opened {
		conn, requests, err := c.Accept()
		if err != nil {
			continue
		}
		go func(in <-chan string) {
			for r := range in {
				conn.Write([]byte(r))
			}
		}(requests)
	}
}

// What is only refused is none.
type ticket interface{ Reject(reason string) error }

func tickets(opened <-chan ticket) {
	for t := range opened {
		go t.Reject("no") // want `likely: one goroutine per message`
	}
}

// The program asks, and waits for the answer before it asks again.
func interview(cmd *exec.Cmd, answer func(question) error) error {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		var q question
		if err := json.Unmarshal(scanner.Bytes(), &q); err != nil {
			break
		}
		go func() { // want `suspected: one goroutine per message`
			if answer(q) != nil {
				cmd.Process.Kill()
			}
		}()
	}
	return cmd.Wait()
}

type question struct{ Text string }

// The other side of a connection is no command of ours.
func dictated(conn net.Conn, answer func(question) error) {
	scanner := bufio.NewScanner(conn)
	for scanner.Scan() {
		var q question
		if err := json.Unmarshal(scanner.Bytes(), &q); err != nil {
			break
		}
		go answer(q) // want `likely: one goroutine per message`
	}
}

// Only the first one of a name starts it; the others wait with it.
type collector struct {
	in      chan work.Job
	waiting map[int][]work.Job
}

func (b *collector) collect(done <-chan struct{}) {
	for {
		select {
		case j := <-b.in:
			b.waiting[j.ID] = append(b.waiting[j.ID], j)
			if len(b.waiting[j.ID]) == 1 {
				go func(id int) {
					for _, j := range b.waiting[id] {
						use(j)
					}
				}(j.ID)
			}
		case <-done:
			return
		}
	}
}

// Each one after the first starts it.
func (b *collector) repeat(done <-chan struct{}) {
	for {
		select {
		case j := <-b.in:
			b.waiting[j.ID] = append(b.waiting[j.ID], j)
			if len(b.waiting[j.ID]) > 1 {
				go use(j) // want `likely: one goroutine per message`
			}
		case <-done:
			return
		}
	}
}
