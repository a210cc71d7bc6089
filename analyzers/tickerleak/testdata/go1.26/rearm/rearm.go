package rearm

import (
	"sync"
	"time"
)

// The result is dropped, and the function arms it again.
type beat struct{ n int }

func newBeat() *beat {
	b := new(beat)
	b.beat()
	return b
}

func (b *beat) beat() {
	b.n++
	time.AfterFunc(time.Second, b.beat) // want `likely: this timer re-arms itself each time it fires, and \(\*beat\)\.Close does not end it; what its function refers to is never collected ← ends the owner, but not this ← runs when the timer fires and arms it again`
}

func (b *beat) Close() {}

// In a literal, through another method, and also in a goroutine of its own.
type load struct{}

func (l *load) start() { l.call(0) }

func (l *load) call(i int) {
	go func() { _ = i }()
	time.AfterFunc(time.Second, func() { // want `likely: this timer re-arms itself each time it fires, and \(\*load\)\.shutdown does not end it`
		l.next(i)
	})
}

func (l *load) next(i int) { l.call(i + 1) }

func (l *load) shutdown() {}

// By Reset, of a field that nobody stops.
type sweeper struct {
	mu    sync.Mutex
	timer *time.Timer
}

func (s *sweeper) start() {
	s.timer = time.AfterFunc(time.Second, s.sweep) // want `likely: this timer re-arms itself each time it fires, and \(\*sweeper\)\.Stop does not end it`
}

func (s *sweeper) sweep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer.Reset(time.Second)
}

func (s *sweeper) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
}

// Only on a condition, which may be its end.
type retry struct{ done bool }

func (r *retry) try() {
	if r.done {
		return
	}
	time.AfterFunc(time.Second, r.try) // want `suspected: this timer re-arms itself each time it fires, and \(\*retry\)\.Close does not end it`
}

func (r *retry) Close() { r.done = true }

// Nothing ends it, and it may be one for the process.
func Refresh() {
	time.AfterFunc(time.Minute, Refresh) // want `suspected: this timer re-arms itself each time it fires, and nothing stops it`
}

// It fires when the work that it guards is long done.
func guarded(work func() error, conn interface{ Close() error }, d time.Duration) error {
	c := conn
	time.AfterFunc(d, func() { c.Close() }) // want `suspected: this timer is never stopped: it fires`
	err := work()
	_ = c
	return err
}
