// Package feed follows markets.
package feed

import (
	"io"
	"os"
	"time"
)

// A Session is what one client follows.
type Session struct{ done chan struct{} }

// Watch starts a heartbeat that nothing can stop.
func (s *Session) Watch(session string, beat func(string)) {
	t := time.NewTicker(time.Second)
	go func() {
		for range t.C {
			beat(session)
		}
	}()
}

// Close ends a session.
func (s *Session) Close() { close(s.done) }

// Replay holds every journal open until the last one has been read.
func Replay(journals []string, apply func(io.Reader) error) error {
	for _, name := range journals {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := apply(f); err != nil {
			return err
		}
	}
	return nil
}
