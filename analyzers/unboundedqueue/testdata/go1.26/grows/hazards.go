// Package grows keeps something of each request.
package grows

import (
	"container/list"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type event struct {
	at   time.Time
	path string
}

type server struct {
	mu       sync.Mutex
	visits   map[string]int
	events   []event
	seen     sync.Map
	queue    *list.List
	stats    *stats
	sessions map[string]*session
	byUser   map[string]map[string]bool
	next     atomic.Int64
	calls    map[int64]time.Time
	hooks    []func()
	names    map[string]string
	aliases  map[string]string
}

type session struct{ pages []string }

type stats struct {
	mu     sync.Mutex
	byPath map[string]*counter
}

type counter struct{ n int }

var agents = make(map[string]bool)

func newServer() *server {
	return &server{visits: make(map[string]int), queue: list.New(), stats: &stats{byPath: make(map[string]*counter)}}
}

// A counter for each path that a client makes up.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.visits[r.URL.Path]++ // want `^likely: map visits grows with each key that a client makes up and never shrinks.* ← adds to visits, from which nothing removes`
	s.mu.Unlock()
	s.record(r.URL.Path)
	s.stats.count(r.URL.Path)
	s.session(r)
}

// An element for each request, added by a method.
func (s *server) record(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, event{time.Now(), path}) // want `^likely: slice events grows with each request and never shrinks.* ← calls \(\*server\).record ← adds to events`
}

// A cache without eviction, in what the server holds.
func (s *stats) count(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.byPath[path]
	if !ok {
		c = new(counter)
		s.byPath[path] = c // want `^likely: map byPath grows with each key that a client makes up`
	}
	c.n++
}

func (s *server) session(r *http.Request) *session {
	id := r.Header.Get("Session")
	if old := s.sessions[id]; old != nil {
		return old
	}
	if s.sessions == nil {
		s.sessions = make(map[string]*session)
	}
	s.sessions[id] = &session{} // want `^likely: map sessions grows with each key that a client makes up`
	return s.sessions[id]
}

func (s *server) mount(mux *http.ServeMux) {
	mux.HandleFunc("/see", s.see)
	mux.HandleFunc("/push", s.push)
	mux.HandleFunc("/like", s.like)
	mux.HandleFunc("/call", s.call)
	mux.Handle("/limit", limit(mux))
}

func (s *server) see(w http.ResponseWriter, r *http.Request) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if _, ok := s.seen.Load(token); !ok {
		s.seen.Store(token, time.Now()) // want `^likely: sync.Map seen grows with each key that a client makes up`
	}
	agents[r.UserAgent()] = true // want `^likely: map agents grows with each key that a client makes up`
}

func (s *server) push(w http.ResponseWriter, r *http.Request) {
	s.queue.PushBack(r.URL.Query().Get("job")) // want `^likely: list queue grows with each request`
}

// The map inside grows.
func (s *server) like(w http.ResponseWriter, r *http.Request) {
	user, item := r.FormValue("user"), r.FormValue("item")
	if s.byUser[user] == nil {
		s.byUser[user] = make(map[string]bool) // want `^likely: map byUser grows`
	}
	s.byUser[user][item] = true
}

// A key that there never was before.
func (s *server) call(w http.ResponseWriter, r *http.Request) {
	id := s.next.Add(1)
	s.calls[id] = time.Now() // want `^likely: map calls grows with each request`
}

// What a middleware keeps beside the handler that it makes.
func limit(next http.Handler) http.Handler {
	last := make(map[string]time.Time)
	var mu sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		before := last[r.RemoteAddr]
		last[r.RemoteAddr] = time.Now() // want `^likely: map last grows with each key that a client makes up`
		mu.Unlock()
		if time.Since(before) < time.Second {
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Doubt: what exists is asked for first.
func (s *server) name(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	name, err := lookup(id)
	if err != nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	s.names[id] = name // want `^suspected: map names grows with what requests ask for, as far as it exists`
}

func lookup(id string) (string, error) { return id, nil }

// Doubt: so is it where the function is called that adds it.
func (s *server) alias(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if _, err := lookup(id); err == nil {
		s.remember(id)
	}
}

func (s *server) remember(id string) {
	s.aliases[id] = id // want `^suspected: map aliases grows with what requests ask for, as far as it exists`
}

// Doubt: what the key comes from is not seen.
var zones = map[string]int{}

func zoneOf() string { return "eu" }

func zone(w http.ResponseWriter, r *http.Request) {
	zones[zoneOf()] = 1 // want `^suspected: map zones grows with what requests ask for`
}

// The prefix is configured, what follows it is not.
type tally struct {
	mu   sync.Mutex
	seen map[string]int
}

func (t *tally) wrap(next http.Handler, prefix string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := prefix + r.URL.Path
		t.mu.Lock()
		t.seen[key]++ // want `^likely: map seen grows with each key that a client makes up`
		t.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}
