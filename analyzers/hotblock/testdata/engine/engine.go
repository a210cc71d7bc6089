package engine

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"example.com/engine/ask"
	"example.com/engine/book"
	"example.com/engine/ring"
)

type engine struct {
	mu    sync.Mutex
	rw    sync.RWMutex
	cond  *sync.Cond
	done  chan struct{}
	out   chan int
	total int
}

//lagvet:nonblocking
func match(key string) int { // want `^likely: match is nonblocking, and book.Best can wait for a lock: whoever holds it decides how long it takes, and the goroutine is parked meanwhile ← calls book.Best ← calls cache.Get ← calls store.Load ← \(\*sync.Mutex\).Lock waits for a lock$`
	return book.Best(key)
}

//lagvet:nonblocking
func (e *engine) direct() { // want `^proven: \(\*engine\).direct is nonblocking, and \(\*sync.Mutex\).Lock can wait for a lock: .* ← \(\*sync.Mutex\).Lock waits for a lock$` `^proven: .*can wait for a channel: the goroutine is parked until another one is ready, and a processor free ← channel send waits for a channel$` `^proven: .*can sleep: .* ← time.Sleep sleeps$`
	e.mu.Lock()
	e.total++
	e.mu.Unlock()
	e.out <- e.total
	time.Sleep(time.Millisecond)
}

// A recursion adds nothing.
//
//lagvet:nonblocking
func (e *engine) descends(n int) { // want `^proven: \(\*engine\).descends is nonblocking, and time.Sleep can sleep`
	if n > 0 {
		e.descends(n - 1)
	}
	time.Sleep(1)
}

// What is called twice is said once, of the call that is not cold.
//
//lagvet:nonblocking
func (e *engine) twice(fail bool) error { // want `^proven: .*can wait for a lock`
	if fail {
		e.mu.Lock()
		e.mu.Unlock()
		return errors.New("failed")
	}
	e.mu.Lock()
	e.total++
	e.mu.Unlock()
	return nil
}

//lagvet:nonblocking
func (e *engine) onError(fail bool) error { // want `^suspected: .*onError is nonblocking, and \(\*sync.Mutex\).Lock can wait for a lock`
	if fail {
		e.mu.Lock()
		e.total++
		e.mu.Unlock()
		return errors.New("failed")
	}
	return nil
}

// The gravest of several comes first.
//
//lagvet:nonblocking
func (e *engine) fetch() { // want `^likely: \(\*engine\).fetch is nonblocking, and \(\*engine\).quote can wait for the network, a channel or a lock: the peer and the network decide how long it takes ← calls \(\*engine\).quote ← inquire waits for the network$`
	e.quote()
}

func (e *engine) quote() {
	e.mu.Lock()
	e.total = inquire()
	e.mu.Unlock()
	e.out <- e.total
}

//lagvet:assume net -- it stands for a client of the exchange
func inquire() int { return 0 }

//lagvet:nonblocking
func kinds(name string) { // want `stop the world: every goroutine of the process waits with it ← runtime.GC stops the world$` `^likely: kinds is nonblocking, and os.Stat can wait for a file system: the device` `enter the kernel: after 20`
	runtime.GC()
	os.Stat(name)
	syscall.Getuid()
}

type sink struct{ mu sync.Mutex }

func (s *sink) Put(v int) { // want `^proven: \(\*sink\).Put is nonblocking, and \(\*sync.Mutex\).Lock can wait for a lock: .* ← \(\*sync.Mutex\).Lock waits for a lock$`
	s.mu.Lock()
	s.mu.Unlock()
}

func take(ask.Sink)     {}
func register(ask.Hook) {}

func wire() {
	take(new(sink))              // said at its declaration
	take(new(ring.Ring))         // want `^likely: \(\*ring.Ring\).Put is bound to be nonblocking here, and can wait for a channel: .* ← //lagvet:nonblocking on method Put of the interface at ask.go:6 ← channel send waits for a channel$`
	take(ring.Offer{})           // it does not wait
	register(new(ring.Ring).Put) // want `^likely: \(\*ring.Ring\).Put is bound to be nonblocking here, and can wait for a channel`
	register(func(int) {         // want `^proven: this func literal is nonblocking, and time.Sleep can sleep`
		time.Sleep(1)
	})
}

// Hot is a mark: what waits for the network, a file system or a sleep is said.
//
//lagvet:hot
func (e *engine) hot(name string) {
	e.mu.Lock()
	e.total++
	e.mu.Unlock()
	e.out <- 1
	os.Stat(name) // want `^likely: \(\*engine\).hot is hot, and os.Stat can wait for a file system.*: the device and its queue decide how long it takes ← calls os.Stat ← .* waits for a file system$`
	e.below(name)
	each(func() { os.Remove(name) }) // want `^likely: this func literal is hot, and os.Remove can wait for a file system`
	if name == "" {
		panic(fmt.Sprint(os.Remove(name)))
	}
}

// It is hot by its caller, and has the finding.
func (e *engine) below(name string) {
	os.Remove(name) // want `^likely: \(\*engine\).below is hot, and os.Remove can wait for a file system`
}

func each(f func()) { f() }

// What is hot for being called by one under contract has no finding of its own.
//
//lagvet:nonblocking
func (e *engine) over(name string) { // want `^likely: \(\*engine\).over is nonblocking, and \(\*engine\).under can wait for a file system.* ← calls \(\*engine\).under ← calls os.Remove`
	e.under(name)
}

func (e *engine) under(name string) { os.Remove(name) }

//lagvet:nonblocking
func (e *engine) allowed() { // want `^allowed: .*can wait for a lock` `^proven: .*can sleep`
	e.mu.Lock() //lagvet:allow hotblock -- nobody else has it at this time
	e.total++
	e.mu.Unlock()
	time.Sleep(1)
}

// Of two contracts the first says why it is hot, the other is told.
//
//lagvet:noalloc
//lagvet:nonblocking
func (e *engine) both() { // want `^proven: .*both is nonblocking, and time.Sleep can sleep: .* ← //lagvet:nonblocking at engine.go:\d+ ← time.Sleep sleeps$`
	time.Sleep(1)
}

//lagvet:allow hotblock -- the whole function is excused
//lagvet:nonblocking
func (e *engine) excused() { // want `^allowed: .*can wait for a lock`
	e.mu.Lock()
	e.mu.Unlock()
}
