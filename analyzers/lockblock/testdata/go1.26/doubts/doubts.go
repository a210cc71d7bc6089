// Package doubts holds locks for long where it may be meant, or may not happen.
package doubts

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

type server struct {
	mu      sync.Mutex
	rw      sync.RWMutex
	writeMu sync.Mutex
	names   map[string]string
	conn    net.Conn
	n       int
}

// Requests take each of the locks and are done at once.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	s.rw.RLock()
	s.n++
	s.rw.RUnlock()
	s.writeMu.Lock()
	s.n++
	s.writeMu.Unlock()
}

func (s *server) g() { s.writeMu.Lock(); s.n++; s.writeMu.Unlock() }
func (s *server) h() { s.writeMu.Lock(); s.n++; s.writeMu.Unlock() }
func (s *server) k() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *server) l() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *server) m() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *server) o() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *server) p() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *server) q() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *server) r() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *server) s() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *server) t() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *server) i() { s.rw.RLock(); s.n++; s.rw.RUnlock() }
func (s *server) j() { s.rw.RLock(); s.n++; s.rw.RUnlock() }

// A plain lock is rarely held for long.
type plain struct {
	mu sync.Mutex
	n  int
}

func (s *plain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
}

func (s *plain) a() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *plain) b() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *plain) c() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *plain) d() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *plain) e() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *plain) f() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *plain) g() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *plain) h() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *plain) i() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *plain) j() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *plain) k() { s.mu.Lock(); s.n++; s.mu.Unlock() }
func (s *plain) l() { s.mu.Lock(); s.n++; s.mu.Unlock() }

// To be sure of the others: here is no doubt.
func (s *plain) certain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	http.Get("https://example.com") // want `^likely: plain.mu is held while http.Get waits for the network`
}

func (s *server) onError() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n < 0 {
		http.Get("https://example.com") // want `^suspected: .*only suspected: it is on the way to an error`
		return errors.New("negative")
	}
	return nil
}

func NewServer(s *server, c net.Conn) *server {
	s.conn = c
	s.mu.Lock()
	defer s.mu.Unlock()
	http.Get("https://example.com") // want `^suspected: .*only suspected: the program starts, or ends`
	return s
}

func (s *server) Shutdown() {
	s.mu.Lock()
	defer s.mu.Unlock()
	http.Get("https://example.com") // want `^suspected: .*only suspected: the program starts, or ends`
}

func (s *server) Close() { s.bye() }

// It is called at the end only.
func (s *server) bye() {
	s.mu.Lock()
	defer s.mu.Unlock()
	http.Get("https://example.com") // want `^suspected: .*only suspected: the program starts, or ends`
}

// A cache that is filled once for each name.
func (s *server) name(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, ok := s.names[id]; ok {
		return n
	}
	resp, err := http.Get("https://example.com/" + id) // want `^suspected: .*only suspected: it `
	if err != nil {
		return ""
	}
	s.names[id] = resp.Status
	return resp.Status
}

// The name of the lock says what it is for.
func (s *server) send() {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	http.Get("https://example.com") // want `^suspected: .*only suspected: the lock serialises this`
}

// The lock has those who write to the connection take turns.
func (s *server) reply() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn.Write([]byte{byte(s.n)}) // want `^suspected: .*only suspected: the lock serialises this`
}

// By way of a helper.
func (s *server) answer() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put() // want `^suspected: .*only suspected: the lock serialises this`
}

func (s *server) put() { s.conn.Write([]byte{byte(s.n)}) }

// Readers do not keep readers out.
func (s *server) shared() {
	s.rw.RLock()
	defer s.rw.RUnlock()
	http.Get("https://example.com") // want `^suspected: .*only suspected: no request is known to wait for the lock`
}

// A file system answers at once as a rule, and it is far away.
func (s *plain) distant() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.one() // want `^suspected: .*only suspected: it is far away`
}

func (s *plain) one()   { s.two() }
func (s *plain) two()   { s.three() }
func (s *plain) three() { os.ReadFile("names") }

// Far away, whatever waits there.
func (s *plain) remote() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.up() // want `^suspected: .*only suspected: it is far away`
}

func (s *plain) up()   { s.over() }
func (s *plain) over() { s.gone() }
func (s *plain) gone() { http.Get("https://example.com") }

// Something else is far away: what is near decides, whichever is longer.
func (s *plain) both() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.save() // want `^likely: .*while \(\*plain\).save waits for a file system`
}

func (s *plain) save() {
	s.up()
	os.WriteFile("names", nil, 0o600)
}

// A helper away.
func (s *plain) near() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.three() // want `^likely: .*while \(\*plain\).three waits for a file system`
}

// Short, or not: nobody knows.
func (s *server) channels(in chan int, out chan<- int, wg *sync.WaitGroup) {
	s.mu.Lock()
	<-in // want `^suspected: server.mu is held while channel receive waits for a channel.*only suspected: it may be short`
	s.mu.Unlock()
	s.mu.Lock()
	out <- 1 // want `^suspected: server.mu is held while channel send waits for a channel.*only suspected: it may be short`
	s.mu.Unlock()
	s.mu.Lock()
	wg.Wait() // want `^suspected: server.mu is held while \(\*sync.WaitGroup\).Wait waits for goroutines.*only suspected: it may be short`
	s.mu.Unlock()
	s.mu.Lock()
	foreign() // want `^suspected: server.mu is held while foreign calls C.*only suspected: it may be short`
	s.mu.Unlock()
}

//lagvet:assume cgo -- stands for a call of C
func foreign() {}

// It prints, for somebody who looks.
func (s *server) dump() {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Println(s.n) // want `^suspected: .*only suspected: it prints`
}

// It writes an event down.
func (s *plain) report() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logEvent() // want `^suspected: .*only suspected: it prints`
}

func (s *plain) logEvent() { os.WriteFile("events", nil, 0o600) }

// All that it is known to do is to close something.
func (s *server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leave() // want `^suspected: .*; it is held so at 2 places; only suspected: closing rarely waits`
}

func (s *server) leave() { s.conn.Close() }

// It is up to the caller whether this waits.
func (s *server) export(w net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Write([]byte{byte(s.n)}) // want `^suspected: .*only suspected: it depends on what the caller gives`
}

// A log is kept on disk: most of what is done under its lock is that.
type log struct {
	mu   sync.Mutex
	name string
	n    int
}

func (l *log) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	l.n++
	l.mu.Unlock()
}

func (l *log) append(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	os.WriteFile(l.name, []byte(text), 0o600) // want `^suspected: .*; it is held so at 2 places; only suspected: the lock is often held over such work`
}

func (l *log) read() {
	l.mu.Lock()
	defer l.mu.Unlock()
	os.ReadFile(l.name)
}

// Requests wait for each other and for nothing else: they all fetch.
type queue struct {
	mu sync.Mutex
	n  int
}

func (q *queue) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	http.Get("https://example.com") // want `^suspected: .*only suspected: no request is known to wait for the lock`
}

func (q *queue) slow(w http.ResponseWriter, r *http.Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	time.Sleep(time.Second) // want `^suspected: .*only suspected: no request is known to wait for the lock`
}

// Where the names are kept is up to the shelf.
type shelf interface{ put(name string) }

type memory struct{ n int }

func (m *memory) put(string) { m.n++ }

type directory struct{ dir string }

func (d *directory) put(name string) { os.WriteFile(d.dir+name, nil, 0o600) }

type room struct {
	mu sync.Mutex
	on shelf
	n  int
}

func furnish(d string) *room {
	if d == "" {
		return &room{on: &memory{}}
	}
	return &room{on: &directory{d}}
}

func (r *room) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.n++
	r.mu.Unlock()
}

func (r *room) keep() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on.put("n") // want `^suspected: .*only suspected: it is up to the implementation`
}

// The caller asks for no sleep: what is left is to close, as above.
func (s *server) over() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.part(false)
}

func (s *server) part(wait bool) {
	s.conn.Close()
	if wait {
		time.Sleep(time.Second)
	}
}

// Who waits here is the one who holds.
type alone struct {
	mu sync.Mutex
	n  int
}

func (a *alone) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.n++
	a.mu.Unlock()
	a.mu.Lock()
	time.Sleep(time.Second) // want `^suspected: .*only suspected: no request is known to wait for the lock`
	a.mu.Unlock()
}

// Who waits here is on the way to an error, or many calls away from a request.
type remote struct {
	mu sync.Mutex
	n  int
}

func (t *remote) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.first()
	t.check()
}

func (t *remote) first()  { t.second() }
func (t *remote) second() { t.third() }
func (t *remote) third()  { t.fourth() }
func (t *remote) fourth() {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
}

func (t *remote) check() error {
	if t.n < 0 {
		t.mu.Lock()
		t.n = 0
		t.mu.Unlock()
		return errors.New("negative")
	}
	return nil
}

func (t *remote) hold() {
	t.mu.Lock()
	defer t.mu.Unlock()
	time.Sleep(time.Second) // want `^suspected: .*only suspected: no request is known to wait for the lock`
}
