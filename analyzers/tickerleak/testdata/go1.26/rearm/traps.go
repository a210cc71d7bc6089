package rearm

import "time"

// Stopped by its owner.
type stopped struct{ timer *time.Timer }

func (s *stopped) start() { s.timer = time.AfterFunc(time.Second, s.fire) }

func (s *stopped) fire() { s.timer.Reset(time.Second) }

func (s *stopped) Close() { s.timer.Stop() }

// It fires once.
type single struct{}

func (s *single) start() { time.AfterFunc(time.Second, s.fire) }

func (s *single) fire() {}

func (s *single) Close() {}

// Kept in a map, from which someone takes it to stop it.
type many struct{ timers map[string]*time.Timer }

func (m *many) retry(name string) {
	m.timers[name] = time.AfterFunc(time.Second, func() { m.retry(name) })
}

func (m *many) Close() {
	for _, t := range m.timers {
		t.Stop()
	}
}

// The process arms it once, for as long as it lives.
func tick() { time.AfterFunc(time.Second, tick) }

func init() { tick() }

// A guard that is stopped.
func guardedRight(work func() error, conn interface{ Close() error }, d time.Duration) error {
	c := conn
	t := time.AfterFunc(d, func() { c.Close() })
	defer t.Stop()
	err := work()
	_ = c
	return err
}

// The last thing that is done: nothing goes on for which it would be stopped.
func later(conn interface{ Close() error }, d time.Duration) {
	c := conn
	time.AfterFunc(d, func() { c.Close() })
}

// Nobody knows what it calls.
func unknown(f func()) { time.AfterFunc(time.Second, f) }
