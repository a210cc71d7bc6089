package orders

import (
	"errors"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A tree of one type: from the root down.
type node struct {
	mu       sync.Mutex
	parent   *node
	children []*node
	size     int
}

func (n *node) total() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	sum := n.size
	for _, c := range n.children {
		sum += c.total()
	}
	return sum
}

// Hand over hand.
type element struct {
	mu   sync.Mutex
	next *element
	key  int
}

func (e *element) find(key int) bool {
	e.mu.Lock()
	for e.key != key {
		next := e.next
		if next == nil {
			e.mu.Unlock()
			return false
		}
		next.mu.Lock()
		e.mu.Unlock()
		e = next
	}
	e.mu.Unlock()
	return true
}

// Both orders are taken under a third lock.
type ledger struct {
	all    sync.Mutex
	debit  sync.Mutex
	credit sync.Mutex
	n      int
}

func (l *ledger) move() {
	l.all.Lock()
	defer l.all.Unlock()
	l.debit.Lock()
	l.credit.Lock()
	l.n++
	l.credit.Unlock()
	l.debit.Unlock()
}

func (l *ledger) back() {
	l.all.Lock()
	defer l.all.Unlock()
	l.undo()
}

func (l *ledger) undo() {
	l.credit.Lock()
	defer l.credit.Unlock()
	l.debit.Lock()
	defer l.debit.Unlock()
	l.n--
}

// The first is released before, or only tried.
type broker struct {
	mu     sync.Mutex
	topics map[string]*topic
}

type topic struct {
	mu     sync.Mutex
	broker *broker
	subs   int
}

func (b *broker) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, t := range b.topics {
		t.mu.Lock()
		n += t.subs
		t.mu.Unlock()
	}
	return n
}

func (t *topic) leave() {
	t.mu.Lock()
	t.subs--
	empty := t.subs == 0
	t.mu.Unlock()
	if empty {
		t.broker.mu.Lock()
		defer t.broker.mu.Unlock()
	}
}

func (t *topic) evict() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.broker.mu.TryLock() {
		return false
	}
	defer t.broker.mu.Unlock()
	return true
}

func (t *topic) notify() {
	t.mu.Lock()
	defer t.mu.Unlock()
	go t.broker.count() // holds nothing
}

// Nobody else has what is being made.
type pool struct {
	mu    sync.Mutex
	conns []*conn
}

type conn struct {
	mu   sync.Mutex
	pool *pool
}

func (p *pool) closeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.mu.Lock()
		c.pool = nil
		c.mu.Unlock()
	}
}

func (p *pool) open() *conn {
	c := &conn{pool: p}
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	p.conns = append(p.conns, c)
	p.mu.Unlock()
	return c
}

// Made by a constructor, and not shared yet.
func newConn(p *pool) (*conn, error) {
	if p == nil {
		return nil, errNoPool
	}
	return &conn{pool: p}, nil
}

var errNoPool = errors.New("no pool")

type hub struct {
	mu    sync.Mutex
	lines []*line
}

type line struct {
	mu  sync.Mutex
	hub *hub
	n   int
}

func newLine(h *hub) *line { return &line{hub: h} }

func (h *hub) open() *line {
	h.mu.Lock()
	defer h.mu.Unlock()
	l := newLine(h)
	l.mu.Lock()
	l.n = len(h.lines)
	l.mu.Unlock()
	h.lines = append(h.lines, l)
	return l
}

func (l *line) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hub.mu.Lock()
	l.hub.lines = nil
	l.hub.mu.Unlock()
}

// When something starts there is nobody to wait: only suspected.
type meter struct {
	mu   sync.Mutex
	home *registry
	n    int
}

type registry struct {
	mu     sync.Mutex
	meters []*meter
}

func newMeter(r *registry, like *meter) *meter {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.meters[0]
	m.mu.Lock() // want `^suspected: meter.mu is taken while registry.mu is held, .*; only suspected: one of them runs when something starts`
	m.n = like.n
	m.mu.Unlock()
	return m
}

func (m *meter) register() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.home.mu.Lock() // want `^suspected: registry.mu is taken while meter.mu is held`
	m.home.meters = append(m.home.meters, m)
	m.home.mu.Unlock()
}

// By address, or by a number.
type account struct {
	mu      sync.Mutex
	id      int
	balance int
}

func transfer(from, to *account, n int) {
	a, b := from, to
	if uintptr(unsafe.Pointer(b)) < uintptr(unsafe.Pointer(a)) {
		a, b = b, a
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	from.balance -= n
	to.balance += n
}

func ordered(from, to *account, n int) {
	if from.id < to.id {
		from.mu.Lock()
		to.mu.Lock()
	} else {
		to.mu.Lock()
		from.mu.Lock()
	}
	from.balance -= n
	to.balance += n
	from.mu.Unlock()
	to.mu.Unlock()
}

// Only suspected.
func (a *account) drain(into *account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	into.mu.Lock() // want `^suspected: account.mu of two objects is taken in the order in which they are given`
	defer into.mu.Unlock()
	into.balance += a.balance
	a.balance = 0
}

type index struct {
	mu   sync.Mutex
	keys []string
}

type log struct {
	mu    sync.Mutex
	lines []string
}

func rebuild(x *index, l *log) {
	x.mu.Lock()
	defer x.mu.Unlock()
	l.mu.Lock() // want `^suspected: log.mu is taken while index.mu is held, and compact takes them in the opposite order: .*; only suspected: they may never be about the same two objects`
	x.keys = append(x.keys, l.lines...)
	l.mu.Unlock()
}

func compact(l *log, x *index) {
	l.mu.Lock()
	defer l.mu.Unlock()
	x.mu.Lock() // want `^suspected: index.mu is taken while log.mu is held`
	l.lines = x.keys
	x.mu.Unlock()
}

// Readers on both sides: a writer has to come in between.
type view struct {
	a, b sync.RWMutex
	n    int
}

func (v *view) ab() int {
	v.a.RLock()
	defer v.a.RUnlock()
	v.b.RLock() // want `^suspected: view.b is taken while view.a is held, .*; only suspected: it takes a writer that waits in between`
	defer v.b.RUnlock()
	return v.n
}

func (v *view) ba() int {
	v.b.RLock()
	defer v.b.RUnlock()
	v.a.RLock() // want `^suspected: view.a is taken while view.b is held`
	defer v.a.RUnlock()
	return v.n
}

func (v *view) set(n int) {
	v.a.Lock()
	v.n = n
	v.a.Unlock()
	v.b.Lock()
	v.n = n
	v.b.Unlock()
}

// It is known to be safe.
type gate struct {
	in, out sync.Mutex
}

func (g *gate) enter() {
	g.in.Lock()
	defer g.in.Unlock()
	g.out.Lock() //lagvet:allow lockorder -- enter and exit run in one loop // want `^allowed: `
	g.out.Unlock()
}

func (g *gate) exit() {
	g.out.Lock()
	defer g.out.Unlock()
	g.in.Lock() //lagvet:allow lockorder -- enter and exit run in one loop // want `^allowed: `
	g.in.Unlock()
}

// It is far away: only suspected.
type desk struct {
	mu     sync.Mutex
	drawer *drawer
	n      int
}

type drawer struct {
	mu   sync.Mutex
	desk *desk
	n    int
}

func (d *desk) tidy() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pass1() // want `^suspected: drawer.mu is taken while desk.mu is held, .*; only suspected: it is far away`
}

func (d *desk) pass1() { d.pass2() }
func (d *desk) pass2() { d.pass3() }
func (d *desk) pass3() { d.pass4() }
func (d *desk) pass4() { d.drawer.close() }

func (d *drawer) close() {
	d.mu.Lock()
	d.n = 0
	d.mu.Unlock()
}

func (d *drawer) report() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.desk.mu.Lock() // want `^suspected: desk.mu is taken while drawer.mu is held`
	d.desk.n = d.n
	d.desk.mu.Unlock()
}

// A bucket that was taken out of the map is not met by who goes through it.
type buckets struct {
	mu    sync.Mutex
	all   map[string]*bucket
	trash map[string]int
}

type bucket struct {
	mu     sync.Mutex
	caches map[string]int
}

func (b *buckets) drop(name string) {
	b.mu.Lock()
	k, ok := b.all[name]
	if !ok {
		b.mu.Unlock()
		return
	}
	delete(b.all, name)
	b.mu.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	for id, n := range k.caches {
		b.mu.Lock() // want `^suspected: buckets.mu is taken while bucket.mu is held, .*; only suspected: one of them was taken out of a map before`
		b.trash[id] = n
		b.mu.Unlock()
	}
}

func (b *buckets) dropAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, k := range b.all {
		k.empty() // want `^suspected: bucket.mu is taken while buckets.mu is held`
		delete(b.all, name)
	}
}

func (k *bucket) empty() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.caches)
}

// A batch is opened once: before that nothing is handed on, and whoever opens it holds
// the client's lock.
type client struct {
	mu    sync.Mutex
	node  map[string]string
	batch *batch
}

type batch struct {
	mu     sync.Mutex
	opened bool
	early  map[string]string
	hand   func(name, value string)
}

func newClient() *client {
	c := &client{node: make(map[string]string)}
	c.batch = &batch{early: make(map[string]string), hand: c.set}
	return c
}

func (c *client) set(name, value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.node[name] = value
}

func (c *client) first() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.batch.open(func(name, value string) { c.node[name] = value }) // want `^suspected: batch.mu is taken while client.mu is held, .*; only suspected: one of them waits for a flag that the other sets when it is through`
}

func (b *batch) open(f func(name, value string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.opened {
		return
	}
	b.opened = true
	for name, value := range b.early {
		f(name, value)
	}
}

func (b *batch) update(name, value string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.opened {
		b.hand(name, value) // want `^suspected: client.mu is taken while batch.mu is held`
		return
	}
	b.early[name] = value
}

// What a helper locks has just been made, and nobody else has it yet.
type listener struct {
	accept sync.Mutex
	queue  []*endpoint
}

type endpoint struct {
	mu   sync.Mutex
	from *listener
	self *endpoint
	n    int
}

func (l *listener) make() *endpoint {
	e := &endpoint{from: l}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.n++
	return e
}

func (l *listener) handle() {
	l.accept.Lock()
	defer l.accept.Unlock()
	l.queue = append(l.queue, l.make())
}

// A helper hands it out locked, and it is unlocked by another name at the end.
func (l *listener) locked() (e *endpoint, err error) {
	if l.queue == nil {
		return nil, errors.New("not listening")
	}
	e = newEndpoint(l)
	e.mu.Lock()
	return e, nil
}

func newEndpoint(l *listener) *endpoint {
	e := &endpoint{from: l}
	e.self = e
	return e
}

type handshake struct{ ep *endpoint }

func (e *endpoint) shake() *handshake { return &handshake{ep: e} }

func (l *listener) begin(off bool) *handshake {
	e, err := l.locked()
	if err != nil {
		return nil
	}
	if off {
		e.mu.Unlock()
		e.close()
		return nil
	}
	h := e.shake()
	h.ep.n++
	h.ep.mu.Unlock()
	return h
}

func (l *listener) Handle(off bool) {
	l.accept.Lock()
	defer l.accept.Unlock()
	if h := l.begin(off); h != nil {
		l.queue = append(l.queue, h.ep)
	}
}

func (e *endpoint) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.from.accept.Lock()
	e.from.queue = nil
	e.from.accept.Unlock()
}

// Only the last one takes the lock of the whole when it lets go, and whoever comes there
// with a lock held has a reference of its own.
type whole struct {
	mu    sync.RWMutex
	parts []*part
}

type part struct {
	mu   sync.Mutex
	of   *whole
	refs atomic.Int64
	n    int
}

func (w *whole) sum() (n int) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, p := range w.parts {
		p.mu.Lock() // want `^suspected: part.mu is taken while whole.mu is held.*only whoever gives back the last reference takes it`
		n += p.n
		p.mu.Unlock()
	}
	return n
}

func (p *part) release() {
	if p.refs.Add(-1) == 0 {
		p.of.mu.Lock()
		p.of.parts = nil
		p.of.mu.Unlock()
	}
}

func (p *part) move(to *part) {
	p.mu.Lock()
	defer p.mu.Unlock()
	to.n, p.n = p.n, 0
	p.release() // want `^suspected: whole.mu is taken while part.mu is held`
}

// What is looked for is returned locked, and released by who has asked: it was not held
// when the search began.
type archive struct {
	mu    sync.RWMutex
	files map[int]*volume
	last  struct {
		n int
		v *volume
	}
}

type volume struct {
	sync.RWMutex
	data []byte
}

func (a *archive) open(n int) (*volume, error) {
	if a.last.n == n {
		a.last.v.RLock()
		return a.last.v, nil
	}
	a.mu.RLock()
	if v, ok := a.files[n]; ok {
		v.RLock()
		a.mu.RUnlock()
		return v, nil
	}
	a.mu.RUnlock()
	a.mu.Lock()
	v, err := a.load(n)
	if err != nil {
		a.mu.Unlock()
		return nil, err
	}
	v.RLock()
	a.mu.Unlock()
	return v, nil
}

func (a *archive) load(n int) (*volume, error) {
	if n < 0 {
		return nil, errors.New("no such file")
	}
	v := new(volume)
	a.files[n] = v
	return v, nil
}

func (a *archive) read(n int) (int, error) {
	v, err := a.open(n)
	if err != nil {
		return 0, err
	}
	size := len(v.data)
	v.RUnlock()
	return size, nil
}

// What is handed over is returned locked.
type shelf struct {
	mu     sync.Mutex
	boxes  map[int]*box
	closed bool
}

type box struct {
	mu   sync.Mutex
	gone bool
	data []byte
}

func (s *shelf) find(n int) (*box, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.boxes[n]
	return b, ok
}

func (s *shelf) claim(b *box) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		b.mu.Lock() // want `^suspected: box.mu is not released on every way out`
		if s.closed || b.gone {
			b.mu.Unlock()
			return errors.New("closed")
		}
		if len(b.data) > 0 {
			return nil
		}
		b.mu.Unlock()
	}
}

func (s *shelf) size(n int) (int, error) {
	b, ok := s.find(n)
	if !ok {
		return 0, errors.New("no such box")
	}
	if err := s.claim(b); err != nil {
		return 0, err
	}
	defer b.mu.Unlock()
	return len(b.data), nil
}

// A cart is locked once the shop is let go of: before that nothing is held.
type shop struct {
	mu    sync.Mutex
	carts map[string]*cart
}

type cart struct {
	mu sync.Mutex
	n  int
}

func (s *shop) open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.carts)
}

func (s *shop) lockedCart(name string) (*cart, error) {
	s.mu.Lock()
	c := s.carts[name]
	s.mu.Unlock()
	if c == nil {
		return nil, errors.New("no such cart")
	}
	c.mu.Lock()
	return c, nil
}

func (s *shop) put(name string) int {
	n := s.open()
	c, err := s.lockedCart(name)
	if err != nil {
		return 0
	}
	c.n++
	c.mu.Unlock()
	return n
}

func (s *shop) total() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.carts {
		c.mu.Lock()
		n += c.n
		c.mu.Unlock()
	}
	return n
}
