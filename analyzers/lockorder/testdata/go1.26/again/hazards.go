// Package again takes locks that it holds.
package again

import (
	"context"
	"errors"
	"sync"
)

type vm struct {
	sync.Mutex
	disks []string
}

func (v *vm) add(disk string) error {
	v.Lock()
	defer v.Unlock()
	if len(v.disks) == 8 {
		v.reset() // want `^likely: vm.Mutex is taken again while it is held: it waits for itself, for ever, and so does whoever wants the lock after it ← takes vm.Mutex ← calls \(\*vm\).reset ← waits for vm.Mutex$`
		return errors.New("full")
	}
	v.disks = append(v.disks, disk)
	return nil
}

func (v *vm) reset() {
	v.Lock()
	defer v.Unlock()
	v.disks = nil
}

// Through two functions, and for reading under the lock for writing.
type mapping struct {
	mut   sync.RWMutex
	addrs map[string]int
}

func (m *mapping) clear() {
	m.mut.Lock()
	if len(m.addrs) > 0 {
		m.addrs = nil
		m.changed() // want `^likely: mapping.mut is taken again`
	}
	m.mut.Unlock()
}

func (m *mapping) changed() { publish(m) }

func publish(m *mapping) int {
	m.mut.RLock()
	defer m.mut.RUnlock()
	return len(m.addrs)
}

// Reading twice, with a writer about.
type rangeCache struct {
	mu     sync.RWMutex
	ranges map[string]string
	server *server
}

func (c *rangeCache) lookup(key string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if r, ok := c.ranges[key]; ok {
		return r
	}
	return c.miss(key) // want `^likely: rangeCache.mu is taken for reading again while it is held for reading: once a writer waits in between, neither goes on`
}

func (c *rangeCache) miss(key string) string { return c.String() + key }

func (c *rangeCache) String() string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return ""
}

func (c *rangeCache) insert(key, r string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ranges[key] = r
}

// A reader that turns into a writer.
func (c *rangeCache) fill(key string) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if _, ok := c.ranges[key]; !ok {
		c.insert(key, "") // want `^likely: rangeCache.mu is taken for writing while it is held for reading`
	}
}

// A callback that is run under the lock.
type registry struct {
	mu    sync.Mutex
	conns map[int]string
}

func (r *registry) each(f func(id int, name string)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, name := range r.conns {
		f(id, name)
	}
}

func (r *registry) drop(id int) {
	r.mu.Lock()
	delete(r.conns, id)
	r.mu.Unlock()
}

func (r *registry) sweep() {
	r.each(func(id int, name string) { // want `^likely: registry.mu is taken again`
		if name == "" {
			r.drop(id)
		}
	})
}

// A function in a field, put there for the object that calls it.
type lessor struct {
	mu         sync.RWMutex
	checkpoint func(context.Context)
	n          int
}

func (l *lessor) setCheckpointer(f func(context.Context)) {
	l.mu.Lock()
	l.checkpoint = f
	l.mu.Unlock()
}

func (l *lessor) save() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n = 0
}

func (l *lessor) renew(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.checkpoint != nil {
		l.checkpoint(ctx) // want `^likely: lessor.mu is taken again`
	}
}

func newLessor() *lessor {
	l := &lessor{}
	l.setCheckpointer(func(context.Context) { l.save() })
	return l
}

// An interface that one type implements, in a struct that is made on the way.
type server struct {
	sync.RWMutex
	leader string
}

type doer interface{ do() string }

type members interface{ first() string }

type membersAPI struct{ client doer }

func newMembers(c doer) members { return &membersAPI{client: c} }

func (m *membersAPI) first() string { return m.client.do() }

func (s *server) do() string {
	s.RLock()
	defer s.RUnlock()
	return s.leader
}

func (s *server) sync() {
	s.Lock()
	defer s.Unlock()
	s.elect() // want `^likely: server.RWMutex is taken again`
}

func (s *server) elect() { s.refresh() }

func (s *server) refresh() { s.leader = newMembers(s).first() }

// A condition variable's lock is the one that it was made with.
type executor struct {
	mu   sync.RWMutex
	cond *sync.Cond
	n    int
}

func newExecutor() *executor {
	e := &executor{}
	e.cond = sync.NewCond(e.mu.RLocker())
	return e
}

func (e *executor) exec() int {
	e.cond.L.Lock()
	defer e.cond.L.Unlock()
	return e.cached() // want `^likely: executor.mu is taken for reading again`
}

func (e *executor) cached() int {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.n
}

func (e *executor) update() {
	e.mu.Lock()
	e.n++
	e.mu.Unlock()
}

// Once runs what it is given at once.
type lazy struct {
	mu   sync.Mutex
	once sync.Once
	v    int
}

func (l *lazy) get() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.once.Do(func() { l.set(1) }) // want `^likely: lazy.mu is taken again`
	return l.v
}

func (l *lazy) set(v int) {
	l.mu.Lock()
	l.v = v
	l.mu.Unlock()
}

// A type with a parameter.
type table[K comparable, V any] struct {
	mu sync.Mutex
	m  map[K]V
}

func (t *table[K, V]) len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.m)
}

func (t *table[K, V]) put(k K, v V) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.len() < 10 { // want `^likely: table.mu is taken again`
		t.m[k] = v
	}
}

// However many calls lead there.
type planner struct {
	mu sync.Mutex
	n  int
}

func (e *planner) exec() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.parse() // want `^likely: planner.mu is taken again`
}

func (e *planner) parse()   { e.prepare() }
func (e *planner) prepare() { e.reset(false) }
func (e *planner) reset(hard bool) {
	if e.n > 0 {
		e.drop()
	}
}
func (e *planner) drop() { e.cached() }

func (e *planner) cached() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.n
}
