// Package spin goes round and round.
package spin

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

var errRetry = errors.New("retry")

type collector struct {
	mu         sync.Mutex
	publishers map[string]chan int
	interval   time.Duration
	ready      atomic.Bool
	state      int32
	on         bool
	stop       chan struct{}
	in         chan int
}

func (c *collector) collect(string) {}

// A continue that leaves out the sleep.
func (c *collector) run() {
	var names []string
	for {
		names = names[:0]
		c.mu.Lock()
		for name := range c.publishers {
			names = append(names, name)
		}
		c.mu.Unlock()
		if len(names) == 0 {
			continue // want `likely: this continue goes round the loop without the wait in it: it takes a whole processor from the goroutines that would change that ← is left out: time.Sleep`
		}
		for _, name := range names {
			c.collect(name)
		}
		time.Sleep(c.interval)
	}
}

func (c *collector) paused() {
	for {
		if !c.ready.Load() {
			continue // want `likely: this continue goes round the loop without the wait in it`
		}
		c.collect("")
		time.Sleep(c.interval)
	}
}

// A continue that changes nothing.
func (c *collector) follow(wait func() error) error {
	for err := wait(); err != nil; {
		if errors.Is(err, errRetry) {
			continue // want `proven: this continue repeats the loop with nothing changed, so it will for ever`
		}
		return err
	}
	return nil
}

// So does one in a literal, which goes by what the function around it has made.
func (c *collector) decode(wait func() error) func(error) error {
	errAgain := errors.New("again")
	return func(err error) error {
		for err := wait(); err != nil; {
			if err == errAgain {
				continue // want `proven: this continue repeats the loop with nothing changed`
			}
			return err
		}
		return err
	}
}

// A default that does nothing.
func (c *collector) serve() {
	for {
		select {
		case n := <-c.in:
			c.collect(string(rune(n)))
		case <-c.stop:
			return
		default: // want `proven: this default goes straight back to the select, and the loop spins while no case is ready`
		}
	}
}

func (c *collector) yields() {
	for !c.ready.Load() {
		select {
		case n := <-c.in:
			c.collect(string(rune(n)))
		default: // want `proven: this default goes straight back`
			continue
		}
	}
}

// It spins until a flag is set.
func (c *collector) await() {
	for !c.ready.Load() { // want `likely: this loop spins until another goroutine changes what it reads`
	}
}

func (c *collector) gosched() {
	for atomic.LoadInt32(&c.state) == 0 { // want `likely: this loop spins until`
		runtime.Gosched()
	}
}

func (c *collector) inner() {
	for { // want `likely: this loop spins until`
		if c.isOn() {
			return
		}
	}
}

func (c *collector) isOn() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.on
}

// A closure that asks, and a goroutine that answers.
func gather(jobs []func()) {
	var left atomic.Int32
	for _, job := range jobs {
		left.Add(1)
		go func() { defer left.Add(-1); job() }()
	}
	done := func() bool { return left.Load() == 0 }
	for !done() { // want `likely: this loop spins until`
		runtime.Gosched()
	}
}

// A lock that nobody can sleep on.
type spinLock struct{ held atomic.Int32 }

func (l *spinLock) Lock() {
	for !l.held.CompareAndSwap(0, 1) { // want `likely: this loop spins until another goroutine lets go of what it takes`
		runtime.Gosched()
	}
}

var flag uint32

func acquire() {
	for !atomic.CompareAndSwapUint32(&flag, 0, 1) { // want `likely: this loop spins until another goroutine lets go`
	}
}

// Blocked for ever, at full speed.
func forever() {
	println("ready")
	for { // want `proven: nothing in this loop changes what it goes by`
	}
}

// A queue that is polled by its length.
func drained(ch chan int) {
	for len(ch) > 0 { // want `likely: this loop spins until`
		runtime.Gosched()
	}
}

// Until a moment at the latest: suspected.
func (c *collector) until(deadline time.Time) bool {
	for time.Now().Before(deadline) { // want `suspected: .*but a clock ends it`
		if c.ready.Load() {
			return true
		}
	}
	return false
}

// Beside a compare-and-swap: suspected.
func (c *collector) take() {
	for {
		if atomic.LoadInt32(&c.state) != 0 {
			continue // want `suspected: .*compare-and-swap`
		}
		if atomic.CompareAndSwapInt32(&c.state, 0, 1) {
			return
		}
	}
}

// A variable that a goroutine changes.
func started(start func()) {
	var up bool
	go func() {
		start()
		up = true
	}()
	for !up { // want `likely: this loop spins until another goroutine changes`
	}
}

// A literal that runs in many goroutines waits for the first of them.
func exporter(write func(string) error) func(string) error {
	var begun, sent atomic.Bool
	return func(line string) error {
		if begun.CompareAndSwap(false, true) {
			err := write("[" + line)
			sent.Store(true)
			return err
		}
		for !sent.Load() { // want `likely: this loop spins until another goroutine changes`
			runtime.Gosched()
		}
		return write("," + line)
	}
}

// That another channel holds something says nothing of this one.
func emptyOther(conns, more chan int) {
	for len(more) > 0 {
		select {
		case c := <-conns:
			println(c)
		default: // want `: this default goes straight back to the select`
		}
	}
}
