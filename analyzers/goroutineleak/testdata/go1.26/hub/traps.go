package hub

import "sync"

// The lock is released before the wait.
type polite struct {
	mu      sync.Mutex
	n       int
	events  chan event
	stopped chan struct{}
}

func NewPolite() *polite {
	p := &polite{events: make(chan event), stopped: make(chan struct{})}
	go func() {
		defer close(p.stopped)
		for range p.events {
			p.count()
		}
	}()
	return p
}

func (p *polite) count() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
}

func (p *polite) Close() {
	p.mu.Lock()
	close(p.events)
	p.mu.Unlock()
	<-p.stopped
}

// The one who ends the wait needs another lock.
type apart struct {
	closing sync.Mutex
	mu      sync.Mutex
	n       int
	events  chan event
	stopped chan struct{}
}

func NewApart() *apart {
	a := &apart{events: make(chan event), stopped: make(chan struct{})}
	go a.loop()
	return a
}

func (a *apart) loop() {
	defer close(a.stopped)
	for range a.events {
		a.mu.Lock()
		a.n++
		a.mu.Unlock()
	}
}

func (a *apart) Close() {
	a.closing.Lock()
	defer a.closing.Unlock()
	close(a.events)
	<-a.stopped
}

// Both only read.
type shared struct {
	mu    sync.RWMutex
	names []string
	ask   chan chan int
}

func NewShared() *shared {
	s := &shared{ask: make(chan chan int)}
	go func() {
		for reply := range s.ask {
			s.mu.RLock()
			reply <- len(s.names)
			s.mu.RUnlock()
		}
	}()
	return s
}

func (s *shared) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	reply := make(chan int, 1)
	s.ask <- reply
	return <-reply
}

func (s *shared) Close() { close(s.ask) }

// Nobody waits: there is a default.
type lossy struct {
	mu    sync.Mutex
	n     int
	wakes chan struct{}
}

func NewLossy() *lossy {
	l := &lossy{wakes: make(chan struct{}, 1)}
	go func() {
		for range l.wakes {
			l.mu.Lock()
			l.n++
			l.mu.Unlock()
		}
	}()
	return l
}

func (l *lossy) Wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.wakes <- struct{}{}:
	default:
	}
}

func (l *lossy) Close() { close(l.wakes) }

// The lock is taken and released before the other one starts.
func once(mu *sync.Mutex) error {
	mu.Lock()
	mu.Unlock()
	errs := make(chan error)
	go func() {
		mu.Lock()
		defer mu.Unlock()
		errs <- nil
	}()
	return <-errs
}

func Once() error {
	var mu sync.Mutex
	return once(&mu)
}

// What it starts holds nothing, and it waits without the lock.
type starter struct {
	mu sync.Mutex
	wg sync.WaitGroup
	n  int
}

func (s *starter) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		s.mu.Lock()
		s.n++
		s.mu.Unlock()
	}()
}

func (s *starter) Stop() {
	s.mu.Lock()
	s.n = 0
	s.mu.Unlock()
	s.wg.Wait()
}

// The worker has released the lock for good when it is waited for: it closes ready
// before it takes it.
type booter struct {
	mu    sync.Mutex
	n     int
	ready chan struct{}
}

func (b *booter) Boot() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ready = make(chan struct{})
	go b.run(b.ready)
	<-b.ready
}

func (b *booter) run(ready chan struct{}) {
	close(ready)
	b.mu.Lock()
	b.n++
	b.mu.Unlock()
}

// Senders and receiver leave by the same channel.
type both struct {
	in   chan event
	quit chan struct{}
}

func NewBoth() *both {
	b := &both{in: make(chan event), quit: make(chan struct{})}
	go func() {
		for {
			select {
			case <-b.in:
			case <-b.quit:
				return
			}
		}
	}()
	go func() {
		select {
		case b.in <- event{}:
		case <-b.quit:
		}
	}()
	return b
}

func (b *both) Close() { close(b.quit) }

// The receiver never leaves before the channel is closed.
type loyal struct{ in chan event }

func NewLoyal() *loyal {
	l := &loyal{in: make(chan event)}
	go func() {
		for range l.in {
		}
	}()
	go func() { l.in <- event{} }()
	return l
}

func (l *loyal) Close() { close(l.in) }

// The channel is closed by the same goroutine before it ranges over it.
type mounts struct {
	mu      sync.Mutex
	volumes []string
}

func (m *mounts) UnmountAll(unmount func(string) error) (failed []error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var wg sync.WaitGroup
	errs := make(chan error, len(m.volumes))
	for _, v := range m.volumes {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs <- unmount(v)
		}()
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		failed = append(failed, err)
	}
	return failed
}

// What waits in the channel is replaced: there is room for it again.
type updates struct {
	mu        sync.Mutex
	listeners []chan event
}

func (u *updates) Listen() <-chan event {
	u.mu.Lock()
	defer u.mu.Unlock()
	l := make(chan event, 1)
	u.listeners = append(u.listeners, l)
	return l
}

func (u *updates) Send(e event) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, l := range u.listeners {
		select {
		case l <- e:
		case <-l:
			l <- e
		}
	}
}

// A call is answered once: the first answer sets a flag, and there is room for it.
type answer struct {
	answered bool
	first    chan error
}

func (a *answer) fail(err error) {
	if !a.answered {
		a.answered = true
		a.first <- err
	}
}

type caller struct {
	mu      sync.Mutex
	pending map[int]*answer
}

func (c *caller) Close(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.pending {
		a.fail(err)
	}
}

func (c *caller) Call(id int) error {
	a := &answer{first: make(chan error, 1)}
	c.mu.Lock()
	c.pending[id] = a
	c.mu.Unlock()
	return <-a.first
}

// Everybody who waits has a channel with room for the one value that comes before it is closed.
type refresh struct {
	mu      sync.Mutex
	waiting []chan error
}

func (r *refresh) Start(f func() error) {
	go func() {
		err := f()
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, ch := range r.waiting {
			ch <- err
			close(ch)
		}
		r.waiting = nil
	}()
}

func (r *refresh) Wait() error {
	ch := make(chan error, 1)
	r.mu.Lock()
	r.waiting = append(r.waiting, ch)
	r.mu.Unlock()
	return <-ch
}

// Either of two channels is sent to, and whoever waits takes what comes.
type promise struct {
	value chan []byte
	err   chan error
}

func (p *promise) settle(b []byte, err error) {
	if err != nil {
		p.err <- err
		return
	}
	p.value <- b
}

func (p *promise) await() ([]byte, error) {
	select {
	case b := <-p.value:
		return b, nil
	case err := <-p.err:
		return nil, err
	}
}

func Fetch(get func() ([]byte, error)) ([]byte, error) {
	p := &promise{make(chan []byte), make(chan error)}
	go func() { p.settle(get()) }()
	return p.await()
}

// As many places as there is room for are put in with the lock held.
type pacer struct {
	mu     sync.Mutex
	calls  int
	places chan struct{}
}

func (p *pacer) Allow(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.places = make(chan struct{}, n)
	for range n {
		p.places <- struct{}{}
	}
}

func (p *pacer) Do(f func()) {
	p.mu.Lock()
	p.calls++
	p.mu.Unlock()
	<-p.places
	f()
	p.places <- struct{}{}
}

// One kick at a time: the cleaner takes it before it lets the next one through.
type cleaner struct {
	kicks  sync.Mutex
	mu     sync.Mutex
	kicked bool
	full   bool
	kick   chan struct{}
}

func NewCleaner() *cleaner {
	c := &cleaner{kick: make(chan struct{}, 1)}
	go func() {
		for range c.kick {
			c.kicks.Lock()
			c.kicked = false
			c.kicks.Unlock()
		}
	}()
	return c
}

func (c *cleaner) Close() { close(c.kick) }

func (c *cleaner) Kick() {
	c.kicks.Lock()
	if !c.kicked {
		c.kicked = true
		c.mu.Lock()
		c.full = true
		c.kick <- struct{}{}
		c.mu.Unlock()
	}
	c.kicks.Unlock()
}
