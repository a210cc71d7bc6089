// Package orders holds a server's tables, and takes their locks in two orders.
package orders

import (
	"errors"
	"sync"
	"time"
)

// A store and its replicas know each other.
type store struct {
	mu       sync.Mutex
	replicas map[int]*replica
	seen     map[int]time.Time
}

type replica struct {
	id    int
	mu    sync.Mutex
	up    bool
	store *store
}

func (s *store) heartbeat() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.replicas {
		s.probe(r) // want `^likely: replica.mu is taken while store.mu is held, and \(\*replica\).tick takes them in the opposite order: when both run, each waits for the other, for ever ← takes store.mu ← calls \(\*store\).probe ← calls \(\*replica\).unreachable ← waits for replica.mu ← the other order: takes replica.mu ← the other order: calls \(\*store\).note ← the other order: waits for store.mu$`
	}
}

func (s *store) probe(r *replica) {
	if time.Since(s.seen[r.id]) > time.Minute {
		r.unreachable()
	}
}

func (r *replica) unreachable() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.up = false
}

func (r *replica) tick() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.up {
		r.store.note(r) // want `^likely: store.mu is taken while replica.mu is held, and \(\*store\).heartbeat takes them in the opposite order`
	}
}

func (s *store) note(r *replica) {
	s.mu.Lock()
	s.seen[r.id] = time.Now()
	s.mu.Unlock()
}

// Two locks of one struct.
type session struct {
	stateMu sync.RWMutex
	state   string
	sendMu  sync.Mutex
	sent    int
}

func (s *session) send() {
	s.sendMu.Lock()
	defer s.sendMu.Unlock()
	s.stateMu.Lock() // want `^likely: session.stateMu is taken while session.sendMu is held, and \(\*session\).close takes them in the opposite order`
	if s.state == "new" {
		s.state = "open"
	}
	s.stateMu.Unlock()
	s.sent++
}

func (s *session) close() {
	s.stateMu.Lock()
	s.state = "closing"
	s.sendMu.Lock() // want `^likely: session.sendMu is taken while session.stateMu is held, and \(\*session\).send takes`
	s.sent = 0
	s.sendMu.Unlock()
	s.stateMu.Unlock()
}

// Package-level locks.
var (
	routesMu sync.Mutex
	routes   = map[string]string{}
	peersMu  sync.Mutex
	peers    = map[string]bool{}
)

func addRoute(to, via string) {
	routesMu.Lock()
	defer routesMu.Unlock()
	routes[to] = via
	markPeer(via) // want `^likely: peersMu is taken while routesMu is held, and dropPeer takes`
}

func markPeer(p string) {
	peersMu.Lock()
	peers[p] = true
	peersMu.Unlock()
}

func dropPeer(p string) {
	peersMu.Lock()
	defer peersMu.Unlock()
	delete(peers, p)
	routesMu.Lock() // want `^likely: routesMu is taken while peersMu is held, and addRoute takes`
	for to, via := range routes {
		if via == p {
			delete(routes, to)
		}
	}
	routesMu.Unlock()
}

// What is called back works on the object that it was registered with.
type watchCache struct {
	mu        sync.RWMutex
	onReplace func()
	items     []string
}

type cacher struct {
	sync.Mutex
	ready bool
	watch *watchCache
}

func newCacher() *cacher {
	w := &watchCache{}
	c := &cacher{watch: w}
	w.setOnReplace(c.replaced)
	return c
}

func (w *watchCache) setOnReplace(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.onReplace = f
}

func (w *watchCache) replace(items []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.items = items
	if w.onReplace != nil {
		w.onReplace() // want `^likely: cacher.Mutex is taken while watchCache.mu is held, and \(\*cacher\).snapshot takes`
	}
}

func (w *watchCache) list() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.items
}

func (c *cacher) replaced() {
	c.Lock()
	defer c.Unlock()
	c.ready = true
}

func (c *cacher) snapshot() []string {
	c.Lock()
	defer c.Unlock()
	if !c.ready {
		return nil
	}
	return c.watch.list() // want `^likely: watchCache.mu is taken while cacher.Mutex is held, and \(\*watchCache\).replace takes`
}

// The set is released in the middle and taken again under the lock of its element.
type deviceSet struct {
	sync.Mutex
	infos map[string]*device
}

type device struct {
	lock sync.Mutex
	open int
}

func (ds *deviceSet) remove(name string) {
	ds.Lock()
	defer ds.Unlock()
	d := ds.infos[name]
	d.lock.Lock() // want `^likely: device.lock is taken while deviceSet.Mutex is held`
	defer d.lock.Unlock()
	ds.wait(d) // want `^likely: deviceSet.Mutex is taken while device.lock is held, and \(\*deviceSet\).remove takes`
}

func (ds *deviceSet) wait(d *device) {
	for d.open > 0 {
		ds.Unlock()
		time.Sleep(time.Millisecond)
		ds.Lock()
	}
}

// One type implements the interface.
type queue interface {
	synced() bool
	pop(process func())
}

type fifo struct {
	lock  sync.RWMutex
	items []string
}

func (f *fifo) synced() bool {
	f.lock.Lock()
	defer f.lock.Unlock()
	return len(f.items) == 0
}

func (f *fifo) pop(process func()) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if len(f.items) > 0 {
		f.items = f.items[1:]
		process()
	}
}

type informer struct {
	mu    sync.Mutex
	queue queue
	count int
}

func (i *informer) isSynced() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.queue.synced() // want `^likely: fifo.lock is taken while informer.mu is held, and \(\*informer\).run takes`
}

func (i *informer) run() {
	for {
		i.queue.pop(i.process) // want `^likely: informer.mu is taken while fifo.lock is held, and \(\*informer\).isSynced takes`
	}
}

func (i *informer) process() {
	i.mu.Lock()
	i.count++
	i.mu.Unlock()
}

// A helper returns with the lock of one entry.
type urlLocks struct {
	sync.RWMutex
	m map[string]*sync.Mutex
}

func (l *urlLocks) lock(url string) {
	l.Lock()
	if _, ok := l.m[url]; !ok {
		l.m[url] = new(sync.Mutex)
	}
	l.m[url].Lock() // want `^likely: urlLocks.m\[…\] is taken while urlLocks.RWMutex is held, and \(\*urlLocks\).unlock takes`
	l.Unlock()
}

func (l *urlLocks) unlock(url string) {
	l.RLock() // want `^likely: urlLocks.RWMutex is taken while urlLocks.m\[…\] is held, and \(\*urlLocks\).lock takes`
	defer l.RUnlock()
	if m, ok := l.m[url]; ok {
		m.Unlock()
	}
}

func fetch(l *urlLocks, url string) {
	l.lock(url)
	defer func() { l.unlock(url) }()
}

// What is made here is in the map already.
type usagePool struct {
	sync.RWMutex
	values map[string]*usage
}

type usage struct {
	sync.RWMutex
	value any
}

func (p *usagePool) loadOrNew(key string, construct func() (any, error)) (any, error) {
	p.Lock()
	u := &usage{}
	u.Lock()
	p.values[key] = u
	p.Unlock()
	defer u.Unlock()
	v, err := construct()
	if err != nil {
		p.Lock() // want `^likely: usagePool.RWMutex is taken while usage.RWMutex is held, and \(\*usagePool\).each takes`
		delete(p.values, key)
		p.Unlock()
		return nil, err
	}
	u.value = v
	return v, nil
}

func (p *usagePool) each(f func(any) bool) {
	p.RLock()
	defer p.RUnlock()
	for _, u := range p.values {
		u.RLock() // want `^likely: usage.RWMutex is taken while usagePool.RWMutex is held, and \(\*usagePool\).loadOrNew takes`
		v := u.value
		u.RUnlock()
		if !f(v) {
			return
		}
	}
}

// The flag is set and taken back: an order may be taken while the other one is.
type feed struct {
	mu    sync.Mutex
	lines []string
	pipe  *pipe
}

type pipe struct {
	mu   sync.Mutex
	open bool
	feed *feed
}

func (f *feed) start() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pipe.use() // want `^likely: pipe.mu is taken while feed.mu is held`
}

func (p *pipe) use() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = true
}

func (p *pipe) shut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = false
}

func (p *pipe) write(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open {
		p.feed.add(line) // want `^likely: feed.mu is taken while pipe.mu is held`
	}
}

func (f *feed) add(line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lines = append(f.lines, line)
}

// It is set before the other order comes to its second lock: that may wait still.
type lobby struct {
	mu    sync.Mutex
	names []string
	room  *room
}

type room struct {
	mu    sync.Mutex
	live  bool
	lobby *lobby
}

func (l *lobby) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.room.live = true
	l.room.clear() // want `^likely: room.mu is taken while lobby.mu is held`
}

func (r *room) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lobby = nil
}

func (r *room) enter(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.live {
		return
	}
	r.lobby.join(name) // want `^likely: lobby.mu is taken while room.mu is held`
}

func (l *lobby) join(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names = append(l.names, name)
}

// It has been made here, but it is listed before it is locked.
type directory struct {
	mu    sync.Mutex
	files map[string]*file
}

type file struct {
	mu  sync.Mutex
	dir *directory
	n   int
}

func (d *directory) create(name string) {
	f := &file{dir: d}
	d.files[name] = f
	f.mu.Lock()
	f.n++
	f.mu.Unlock()
}

func (d *directory) Create(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.create(name) // want `^likely: file.mu is taken while directory.mu is held`
}

func (f *file) Remove(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dir.mu.Lock() // want `^likely: directory.mu is taken while file.mu is held`
	delete(f.dir.files, name)
	f.dir.mu.Unlock()
}

// What is returned locked is held from there on, as far as that can be told.
type rack struct {
	mu    sync.Mutex
	disks map[int]*disk
	reads int
}

type disk struct {
	sync.RWMutex
	data []byte
}

func (r *rack) open(n int) *disk {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.disks[n]
	d.Lock() // want `^suspected: disk.RWMutex is taken while rack.mu is held, and .*rack.\.read takes them in the opposite order`
	return d
}

func (r *rack) read(n int) int {
	d := r.open(n)
	size := len(d.data)
	r.count() // want `^suspected: rack.mu is taken while disk.RWMutex is held, and .*rack.\.open takes them in the opposite order`
	d.Unlock()
	return size
}

func (r *rack) count() {
	r.mu.Lock()
	r.reads++
	r.mu.Unlock()
}

// It is handed out locked, and unlocked only when the depot has been asked.
type depot struct {
	mu     sync.Mutex
	crates map[string]*crate
}

type crate struct {
	mu sync.Mutex
	n  int
}

func (d *depot) size() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.crates)
}

func (d *depot) lockedCrate(name string) (*crate, error) {
	d.mu.Lock()
	c := d.crates[name]
	d.mu.Unlock()
	if c == nil {
		return nil, errors.New("no such crate")
	}
	c.mu.Lock()
	return c, nil
}

func (d *depot) put(name string) {
	c, err := d.lockedCrate(name)
	if err != nil {
		return
	}
	c.n += d.size() // want `^likely: depot.mu is taken while crate.mu is held.* ← gets it with crate.mu held, and releases that later ←`
	c.mu.Unlock()
}

func (d *depot) total() (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.crates {
		c.mu.Lock() // want `^likely: crate.mu is taken while depot.mu is held`
		n += c.n
		c.mu.Unlock()
	}
	return n
}

// A constructor that lists what it has made: others may lock it at once.
type bus struct {
	mu     sync.Mutex
	riders map[string]*rider
}

type rider struct {
	mu  sync.Mutex
	bus *bus
	n   int
}

func (b *bus) add(name string) *rider {
	r := &rider{bus: b}
	b.riders[name] = r
	return r
}

func (b *bus) Board(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.add(name)
	r.mu.Lock() // want `^likely: rider.mu is taken while bus.mu is held`
	r.n++
	r.mu.Unlock()
}

func (r *rider) Leave(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bus.mu.Lock() // want `^likely: bus.mu is taken while rider.mu is held`
	delete(r.bus.riders, name)
	r.bus.mu.Unlock()
}

// The same, where another constructor makes it.
type fleet struct {
	mu   sync.Mutex
	cabs map[string]*cab
}

type cab struct {
	mu    sync.Mutex
	fleet *fleet
	n     int
}

func newCab(f *fleet) *cab { return &cab{fleet: f} }

func (f *fleet) hire(name string) *cab {
	c := newCab(f)
	f.cabs[name] = c
	return c
}

func (f *fleet) Order(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.hire(name)
	c.mu.Lock() // want `^likely: cab.mu is taken while fleet.mu is held`
	c.n++
	c.mu.Unlock()
}

func (c *cab) Leave(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fleet.mu.Lock() // want `^likely: fleet.mu is taken while cab.mu is held`
	delete(c.fleet.cabs, name)
	c.fleet.mu.Unlock()
}
