package again

import "sync"

// The variant that expects the lock.
type set struct {
	mu   sync.Mutex
	keys map[string]bool
	next *set
	subs []*set
	open bool
}

func (s *set) add(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addLocked(k)
}

func (s *set) addLocked(k string) { s.keys[k] = true }

// Of another object.
func (s *set) copyTo(t *set) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.keys {
		t.add(k)
	}
}

func (s *set) chain(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next != nil {
		s.next.add(k)
	}
	for _, sub := range s.subs {
		sub.add(k)
	}
}

// A constant argument decides.
func (s *set) close(lock bool) {
	if lock {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	s.open = false
}

func (s *set) shut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.close(false)
}

type mode int

const (
	locked mode = iota
	unlocked
)

func (s *set) flush(m mode) {
	if m == unlocked {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	s.keys = nil
}

func (s *set) flushNow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flush(locked)
}

// An argument that nobody sees: only suspected.
func (s *set) shutMaybe(lock bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.close(!lock) // want `^suspected: set.mu is taken again .*; only suspected: it depends on an argument`
}

// Released around the call, by hand or in what is called.
func (s *set) around(k string) {
	s.mu.Lock()
	s.open = true
	s.mu.Unlock()
	s.add(k)
	s.mu.Lock()
	s.open = false
	s.mu.Unlock()
}

func (s *set) gap(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.yield(k)
}

func (s *set) yield(k string) {
	s.mu.Unlock()
	s.add(k)
	s.mu.Lock()
}

// In a goroutine, or later.
func (s *set) later(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	go s.add(k)
	f := func() { s.add(k) }
	s.onClose(f)
}

func (s *set) onClose(f func()) { pending = append(pending, f) }

var pending []func()

// Read twice where nobody writes.
type static struct {
	mu sync.RWMutex
	m  map[string]int
}

func (s *static) get(k string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.m[k] + s.size() // want `^suspected: static.mu is taken for reading again .*; only suspected: nobody here takes it for writing`
}

func (s *static) size() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.m)
}

// Several types implement the interface.
type sink interface{ put(string) }

type direct struct{ s *set }

func (d direct) put(k string) { d.s.add(k) }

type discard struct{}

func (discard) put(string) {}

type feeder struct {
	s   *set
	out sink
}

func (f *feeder) feed(k string) {
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	f.out.put(k)
}

// One field of many elements.
type shards struct {
	list [16]struct {
		mu sync.Mutex
		n  int
	}
}

func (s *shards) lockAll() {
	for i := range s.list {
		s.list[i].mu.Lock()
	}
}

func (s *shards) unlockAll() {
	for i := range s.list {
		s.list[i].mu.Unlock()
	}
}

func (s *shards) move(i, j int) {
	s.list[i].mu.Lock()
	defer s.list[i].mu.Unlock()
	if i != j {
		s.inc(j)
	}
}

func (s *shards) inc(i int) {
	s.list[i].mu.Lock()
	s.list[i].n++
	s.list[i].mu.Unlock()
}

// A lock that is handed to another function in between: who knows what that releases.
type kvstore struct {
	mu, rev sync.Mutex
	tx      func() sync.Locker
	n       int
}

func (s *kvstore) restore() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rev.Lock()
	s.n = 1
	s.rev.Unlock()
	s.update()
}

func (s *kvstore) update() {
	s.rev.Lock()
	persist(s.tx())
	s.rev.Unlock()
}

func (s *kvstore) hash() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rev.Lock()
	defer s.rev.Unlock()
	return s.n
}

func persist(tx sync.Locker) {
	tx.Lock()
	defer tx.Unlock()
}

// Another object in the same variable, or the same field.
type cursor struct {
	at   *set
	sets []*set
}

func (c *cursor) advance(next *set) {
	c.at.mu.Lock()
	defer c.at.mu.Unlock()
	c.at = next
	c.at.add("k")
}

func (c *cursor) lockChain() {
	var cur *set
	step := func() { cur = cur.next }
	for cur = c.sets[0]; cur != nil; step() {
		cur.mu.Lock()
	}
}

// A type that stands before another one of the same interface.
type Logger interface {
	Printf(format string, args ...any)
}

var logMu sync.Mutex

type prefixed struct {
	prefix string
	next   Logger
}

func (p *prefixed) Printf(format string, args ...any) {
	logMu.Lock()
	p.next.Printf(p.prefix+format, args...)
	logMu.Unlock()
}

// Others may implement it: only suspected.
type Store interface {
	Flush()
}

var storeMu sync.Mutex

type memory struct{ n int }

func (m *memory) Flush() {
	storeMu.Lock()
	m.n = 0
	storeMu.Unlock()
}

func flushAll(stores []Store) {
	storeMu.Lock()
	defer storeMu.Unlock()
	for _, s := range stores {
		s.Flush() // want `^suspected: storeMu is taken again .*; only suspected: the interface may stand for another type`
	}
}

// A gap by hand, under a deferred Unlock.
type account struct {
	mu       sync.Mutex
	leafs    int
	mappings []string
}

func (a *account) addMapping(src string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mappings = append(a.mappings, src)
	if a.leafs > 0 {
		a.mu.Unlock()
		notify(src)
		a.mu.Lock()
	}
	return nil
}

func notify(string) {}

func (a *account) enable(all []string) error {
	for _, src := range all {
		if err := a.addMapping(src); err != nil {
			return err
		}
	}
	a.mu.Lock()
	a.leafs++
	a.mu.Unlock()
	return nil
}

// What takes it may release it as well: only suspected.
func (a *account) begin() { a.mu.Lock() }

func (a *account) twice() {
	a.begin()
	a.enable(nil) // want `^suspected: account.mu is taken again .*; only suspected: what takes it may release it as well`
	a.mu.Unlock()
}

// The deferred literal gives the lock back before it takes it again.
type engine struct {
	mu      sync.Mutex
	running bool
	remove  func() error
}

func (e *engine) start(run func() error) (err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer func() {
		if err != nil {
			e.running = false
			if e.remove != nil {
				e.mu.Unlock()
				err = e.remove()
				e.mu.Lock()
			}
		}
	}()
	e.running = true
	return run()
}
