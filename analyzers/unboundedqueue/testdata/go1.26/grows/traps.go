package grows

import (
	"container/list"
	"net/http"
	"slices"
	"sync"
	"time"
)

type kind int

const (
	small kind = iota
	large
)

type cache struct {
	mu      sync.Mutex
	entries map[string]time.Time
	batch   []event
	ring    []event
	few     map[string]int
	kinds   map[kind]int
	methods map[string]int
	lru     *list.List
	tokens  sync.Map
	handed  map[string]bool
	routes  map[string]http.Handler
	Shared  map[string]bool
	swept   map[string]time.Time
	begun   bool
	workers []chan event
	local   map[string]int
	all     table
}

type table map[string]int

func (t table) add(k string) { t[k]++ }

func newCache() *cache {
	c := &cache{entries: make(map[string]time.Time), lru: list.New()}
	c.routes["/"] = c
	go c.sweep()
	return c
}

func (c *cache) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k := r.URL.Path
	c.entries[k] = time.Now()          // deleted when it is done with
	c.batch = append(c.batch, event{}) // flushed
	c.ring = append(c.ring, event{})   // shortened
	c.methods[r.Method]++              // as many as there are methods
	c.kinds[kindOf(k)]++               // as many as there are kinds
	c.lru.PushFront(k)                 // the last is removed
	c.tokens.Store(k, true)            // deleted
	c.Shared[k] = true                 // another package may delete from it
	c.handed[k] = true                 // a helper evicts
	evict(c.handed, 1000)              // here
	c.swept[k] = time.Now()            // by another name
	c.all.add(k)                       // what has methods of its own looks after itself
	c.routes["/fixed"] = c             // one key
	if len(c.few) < 1000 {
		c.few[k]++ // bounded
	}
	c.start()
	mine := map[string]int{}
	mine[k]++ // this request's
	p := &page{}
	p.add(k)
}

func kindOf(k string) kind {
	if len(k) > 10 {
		return large
	}
	return small
}

func (c *cache) done(k string) { delete(c.entries, k) }

func (c *cache) flush(send func([]event)) {
	send(c.batch)
	c.batch = nil
}

func (c *cache) trim() {
	c.ring = c.ring[1:]
	c.lru.Remove(c.lru.Back())
	c.tokens.Delete("x")
}

func (c *cache) sweep() {
	swept := c.swept
	for k, at := range swept {
		if time.Since(at) > time.Hour {
			delete(swept, k)
		}
	}
}

func evict(m map[string]bool, most int) {
	for k := range m {
		if len(m) <= most {
			return
		}
		delete(m, k)
	}
}

// start runs once.
func (c *cache) start() {
	if c.begun {
		return
	}
	c.begun = true
	c.workers = append(c.workers, make(chan event))
}

// A page is made for each request.
type page struct{ parts []string }

func (p *page) add(s string) { p.parts = append(p.parts, s) }

// Registered before there are requests.
var handlers = make(map[string]http.Handler)

func register(name string, h http.Handler) { handlers[name] = h }

func init() { handlers["root"] = http.NotFoundHandler() }

// Cleared now and then.
var recent = make(map[string]bool)

func note(w http.ResponseWriter, r *http.Request) { recent[r.RemoteAddr] = true }
func forget()                                     { clear(recent) }

// Deleted by a function of the standard library.
var olds []string

func old(w http.ResponseWriter, r *http.Request) {
	olds = append(olds, r.RemoteAddr)
	olds = slices.DeleteFunc(olds, func(s string) bool { return s == "" })
}

// A stand-in for a database in tests keeps everything on purpose.
type memoryStore struct{ rows map[string]string }

func (m *memoryStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.rows[r.URL.Path] = r.URL.RawQuery // want `^suspected: map rows grows .* \(but it is named as what stands in for something else is\)`
}

// The servers are those of the configuration, each with a handler before it.
type health struct {
	mu       sync.Mutex
	failures map[string]int
}

func (h *health) wrap(next http.Handler, target string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		h.mu.Lock()
		defer h.mu.Unlock()
		if r.Context().Err() == nil {
			h.failures[target] = 0
			return
		}
		h.failures[target]++
	})
}
