package hub

import (
	"os"
	"sync"
)

// The group is added to after the lock has been let go of, and its Done is called here
// only if nothing was started.
type monitor struct {
	mu  sync.Mutex
	wg  sync.WaitGroup
	run bool
}

func (m *monitor) register() {
	m.mu.Lock()
	m.run = true
	m.mu.Unlock()
	m.wg.Add(1)
}

func (m *monitor) Start(spawn func(func()) bool) {
	m.register()
	if !spawn(func() {
		defer m.wg.Done()
		m.work()
	}) {
		m.wg.Done()
	}
}

func (m *monitor) work() {}

func (m *monitor) Assign(spawn func(func()) bool) {
	m.mu.Lock()
	again := m.run
	m.mu.Unlock()
	if !again {
		m.wg.Add(1)
		if !spawn(m.wg.Done) {
			m.wg.Done()
		}
	}
}

func (m *monitor) Stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wg.Wait()
}

// Whoever deletes does not wait for the loop that flushes.
type segments struct {
	mu      sync.Mutex
	flushed chan struct{}
	quit    chan struct{}
	dir     string
	owner   *log
}

type log struct {
	sync.Mutex
	segs *segments
}

func newLog(dir string) *log {
	l := &log{}
	l.segs = &segments{dir: dir, flushed: make(chan struct{}), quit: make(chan struct{}), owner: l}
	go l.segs.flush()
	return l
}

func (s *segments) flush() {
	defer close(s.flushed)
	<-s.quit
	s.owner.stepDown()
}

func (l *log) stepDown() {
	l.Lock()
	defer l.Unlock()
	l.segs.mu.Lock()
	l.segs.mu.Unlock()
}

func (s *segments) stop(write bool) {
	close(s.quit)
	if write {
		<-s.flushed
	}
}

func (l *log) Delete() error {
	l.Lock()
	defer l.Unlock()
	l.segs.stop(false)
	return os.RemoveAll(l.segs.dir)
}

func (l *log) Close() { l.segs.stop(true) }

// With the flush waited for, it is a deadlock.
type journal struct {
	sync.Mutex
	pages *pages
}

type pages struct {
	flushed chan struct{}
	quit    chan struct{}
	owner   *journal
}

func newJournal() *journal {
	j := &journal{}
	j.pages = &pages{flushed: make(chan struct{}), quit: make(chan struct{}), owner: j}
	go j.pages.flush()
	return j
}

func (p *pages) flush() {
	defer close(p.flushed)
	<-p.quit
	p.owner.stepDown()
}

func (j *journal) stepDown() {
	j.Lock()
	defer j.Unlock()
}

func (p *pages) stop(wait bool) {
	close(p.quit)
	if wait {
		<-p.flushed // want `likely: whoever comes here may wait for ever: it receives from flushed, and it holds journal.Mutex`
	}
}

func (j *journal) Close() {
	j.Lock()
	defer j.Unlock()
	j.pages.stop(true)
}

func (j *journal) Drop() { j.pages.stop(false) }

// Each of those who run something for all peers passes what it needs: who holds the
// lock passes what does not take it.
type peers struct {
	mu    sync.RWMutex
	all   []string
	state map[string]int
}

func (p *peers) each(f func(peer string)) {
	var wg sync.WaitGroup
	wg.Add(len(p.all))
	for _, peer := range p.all {
		go func() {
			defer wg.Done()
			f(peer)
		}()
	}
	wg.Wait()
}

func (p *peers) Ping() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.each(func(peer string) { os.Stdout.WriteString(peer) })
	return n
}

func (p *peers) Reset() {
	p.each(func(peer string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.state[peer] = 0
	})
}

// The other one passes what does.
type nodes struct {
	mu    sync.RWMutex
	all   []string
	state map[string]int
}

func (n *nodes) each(f func(node string)) {
	var wg sync.WaitGroup
	wg.Add(len(n.all))
	for _, node := range n.all {
		go func() {
			defer wg.Done()
			f(node)
		}()
	}
	wg.Wait() // want `likely: whoever comes here may wait for ever: it waits for the wait group wg, and it holds nodes.mu`
}

func (n *nodes) Reset() {
	n.mu.RLock()
	defer n.mu.RUnlock()
	n.each(func(node string) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.state[node] = 0
	})
}

// Under the lock it takes only what is there.
type backlog struct {
	mu     sync.Mutex
	cond   *sync.Cond
	blocks chan []byte
	size   int
}

func NewBacklog() *backlog {
	b := &backlog{blocks: make(chan []byte, 64)}
	b.cond = sync.NewCond(&b.mu)
	return b
}

func (b *backlog) Write(block []byte) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.blocks) == cap(b.blocks) {
		return false
	}
	b.blocks <- block
	b.size += len(block)
	b.cond.Signal()
	return true
}

func (b *backlog) Read() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.blocks) == 0 {
		b.cond.Wait()
	}
	block := <-b.blocks
	b.size -= len(block)
	return block
}

func (b *backlog) Flush() (all [][]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.blocks) > 0 {
		all = append(all, <-b.blocks)
	}
	return all
}

// The lock of the parent is not that of the child.
type branch struct {
	mu       sync.Mutex
	stopped  chan struct{}
	children []*branch
	n        int
}

func (b *branch) grow() *branch {
	c := &branch{stopped: make(chan struct{})}
	go c.loop()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.children = append(b.children, c)
	return c
}

func (b *branch) loop() {
	defer close(b.stopped)
	b.mu.Lock()
	b.n++
	b.mu.Unlock()
}

func (b *branch) Stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.children {
		<-c.stopped // want `suspected: whoever comes here may wait for ever: it receives from stopped`
	}
}

// Who monitors is passed the lock's owner and the channel, both from one place.
type container struct {
	sync.Mutex
	health *health
}

type health struct{ stop chan struct{} }

func (h *health) open() chan struct{} { return h.stop }

func NewContainer() *container {
	c := &container{health: &health{make(chan struct{})}}
	go watchHealth(c, c.health.open())
	return c
}

func watchHealth(c *container, stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
			c.Lock()
			c.Unlock()
		}
	}
}

func (c *container) Stop() {
	c.Lock()
	defer c.Unlock()
	c.health.stop <- struct{}{} // want `likely: whoever comes here may wait for ever: it sends to stop, and it holds container.Mutex`
}

// What expires entries calls back into their owner, which holds its lock while it
// hands over a new one.
type tokens struct {
	mu     sync.RWMutex
	valid  map[string]bool
	keeper *expirer
}

type expirer struct {
	added  chan string
	quit   chan struct{}
	forget func(string)
}

func (e *expirer) run() {
	var known []string
	for {
		select {
		case t := <-e.added:
			known = append(known, t)
		case <-e.quit:
			for _, t := range known {
				e.forget(t)
			}
			return
		default:
			for _, t := range known {
				e.forget(t)
			}
		}
	}
}

func NewTokens() *tokens {
	t := &tokens{valid: make(map[string]bool)}
	t.keeper = &expirer{added: make(chan string), quit: make(chan struct{}), forget: t.forgetter()}
	go t.keeper.run()
	return t
}

func (t *tokens) forgetter() func(string) {
	return func(name string) {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.valid, name)
	}
}

func (t *tokens) Add(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.valid[name] = true
	t.keeper.added <- name // want `likely: whoever comes here may wait for ever: it sends to added, and it holds tokens.mu`
}

func (t *tokens) Close() { close(t.keeper.quit) }

// Another function may stand in the field: one that takes no lock.
type leases struct {
	mu     sync.Mutex
	valid  map[string]bool
	keeper *reaper
}

type reaper struct {
	added  chan string
	forget func(string)
}

func (r *reaper) run() {
	for t := range r.added {
		r.forget(t)
	}
}

func NewLeases(dry bool) *leases {
	l := &leases{valid: make(map[string]bool)}
	l.keeper = &reaper{added: make(chan string)}
	l.keeper.forget = func(name string) { os.Stdout.WriteString(name) }
	if !dry {
		l.keeper.forget = func(name string) {
			l.mu.Lock()
			defer l.mu.Unlock()
			delete(l.valid, name)
		}
	}
	go l.keeper.run()
	return l
}

func (l *leases) Add(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keeper.added <- name // want `suspected: whoever comes here may wait for ever: it sends to added`
}

func (l *leases) Close() { close(l.keeper.added) }

// Who waits for a condition goes on only with its lock, which is held until then.
type notifier struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

func newNotifier() *notifier {
	n := &notifier{}
	n.cond = sync.NewCond(&n.mu)
	return n
}

func after(f func()) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	return done
}

func (n *notifier) serve(abort <-chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	woken := after(func() {
		for n.n == 0 {
			n.cond.Wait()
		}
	})
	<-abort
	n.n++
	n.cond.Signal()
	<-woken // want `likely: whoever comes here may wait for ever: it receives from done, and it holds notifier.mu`
}

func Serve(abort <-chan struct{}) {
	newNotifier().serve(abort)
	<-after(func() { os.Stdout.Sync() })
}
