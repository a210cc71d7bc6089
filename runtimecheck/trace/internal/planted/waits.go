//go:build linux

package main

import (
	"fmt"
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A store is read under a lock that a flusher holds over I/O.
type store struct {
	mu      sync.Mutex
	value   int
	flushes chan struct{}
	held    chan struct{}
	wait    func() // is the I/O
}

// start starts the flusher.
func (s *store) start(wait func()) *plot {
	s.wait, s.flushes, s.held = wait, make(chan struct{}), make(chan struct{})
	go s.flusher()
	return &plot{
		ready: func() { s.flushes <- struct{}{}; <-s.held },
		slow:  func() { s.get() },
		end:   func() { close(s.flushes) },
	}
}

func (s *store) flusher() {
	for range s.flushes {
		s.flush()
	}
}

//go:noinline
func (s *store) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held <- struct{}{}
	s.wait()
	s.value++
}

//go:noinline
func (s *store) get() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.value
}

func lockOverNetwork(p *plot) error {
	conn, err := dialSlow()
	if err != nil {
		return err
	}
	*p = *new(store).start(func() { roundTrip(conn) })
	return nil
}

func lockOverFile(p *plot) error {
	f, err := newDevice()
	if err != nil {
		return err
	}
	*p = *new(store).start(f.read)
	return nil
}

// dialSlow returns a connection to a server that answers each byte late.
func dialSlow() (net.Conn, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting a server: %w", err)
	}
	go func() {
		conn, err := l.Accept()
		if err != nil {
			fail(err)
		}
		var b [1]byte
		for {
			if _, err := conn.Read(b[:]); err != nil {
				return // the client has ended
			}
			time.Sleep(planted)
			if _, err := conn.Write(b[:]); err != nil {
				return
			}
		}
	}()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return nil, fmt.Errorf("asking a server: %w", err)
	}
	return conn, nil
}

func roundTrip(conn net.Conn) {
	var b [1]byte
	if _, err := conn.Write(b[:]); err != nil {
		fail(err)
	}
	if _, err := conn.Read(b[:]); err != nil {
		fail(err)
	}
}

// A device is a pipe that has something to read late. Its reader is in a system call
// meanwhile, as with a disk.
type device struct{ r, w int }

func newDevice() (*device, error) {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		return nil, fmt.Errorf("making a pipe: %w", err)
	}
	return &device{fds[0], fds[1]}, nil
}

func (d *device) read() {
	go func() {
		time.Sleep(planted)
		if _, err := unix.Write(d.w, []byte{1}); err != nil {
			fail(err)
		}
	}()
	var b [1]byte
	if _, err := unix.Read(d.r, b[:]); err != nil {
		fail(err)
	}
}

// A pool has a worker that computes.
type pool struct{ jobs, prices chan int }

func slowWorker(p *plot) error {
	w := &pool{jobs: make(chan int), prices: make(chan int)}
	go w.work()
	p.slow = func() { w.price(1) }
	p.end = func() { close(w.jobs) }
	return nil
}

//go:noinline
func (p *pool) work() {
	for job := range p.jobs {
		work(planted)
		p.prices <- job
	}
}

//go:noinline
func (p *pool) price(job int) int {
	p.jobs <- job
	return <-p.prices
}

func slowSelect(p *plot) error {
	p.slow = ask
	return nil
}

//go:noinline
func ask() {
	answers := make(chan int, 1)
	go backend(answers)
	select {
	case <-answers:
	case <-time.After(time.Minute):
		fail(fmt.Errorf("no answer in a minute"))
	}
}

//go:noinline
func backend(answers chan<- int) {
	nap()
	answers <- 1
}

// nap blocks in a system call.
func nap() {
	ts := unix.NsecToTimespec(int64(planted))
	for unix.Nanosleep(&ts, &ts) == unix.EINTR { // the rest of it
	}
}

func slowChild(p *plot) error {
	p.slow = gather
	return nil
}

//go:noinline
func gather() {
	var wg sync.WaitGroup
	wg.Add(3)
	for i := range 3 {
		go shard(&wg, i == 1)
	}
	wg.Wait()
}

//go:noinline
func shard(wg *sync.WaitGroup, slow bool) {
	defer wg.Done()
	if slow {
		time.Sleep(planted)
	}
}

func backingOff(p *plot) error {
	p.slow = backOff
	return nil
}

//go:noinline
func backOff() { time.Sleep(planted) }

func slowServer(p *plot) error {
	conn, err := dialSlow()
	p.slow = func() { askServer(conn) }
	return err
}

//go:noinline
func askServer(conn net.Conn) { roundTrip(conn) }

func slowSyscall(p *plot) error {
	p.slow = readDevice
	return nil
}

//go:noinline
func readDevice() { nap() }
