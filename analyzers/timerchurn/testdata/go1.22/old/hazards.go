// Package old runs with the timers of before Go 1.23.
package old

import (
	"context"
	"errors"
	"net/http"
	"time"
)

var errTimeout = errors.New("timeout")

type event struct{ id int }

type server struct {
	in       chan event
	stopping chan struct{}
	interval time.Duration
	done     bool
}

func (s *server) handle(event) {}

// One for each event.
func (s *server) consume(ctx context.Context) {
	for {
		select {
		case e := <-s.in:
			s.handle(e)
		case <-time.After(time.Minute): // want `likely: time.After makes a timer in each turn of this loop; before Go 1.23 one that another case overtakes stays in the timer heap, with its channel, for the rest of its 1m0s`
			s.flush()
		case <-ctx.Done():
			return
		}
	}
}

func (s *server) flush() {}

// How long is not known.
func (s *server) idle() error {
loop:
	for {
		select {
		case e, ok := <-s.in:
			if !ok {
				break loop
			}
			s.handle(e)
		case <-time.After(s.interval): // want `likely: .* one that another case overtakes stays in the timer heap, with its channel, until it fires`
			return errTimeout
		}
	}
	return nil
}

// A break leaves the select, not the loop.
func (s *server) breaks() {
	for {
		select {
		case <-s.stopping:
			break
		case <-time.After(time.Minute): // want `likely: .*one that another case overtakes`
			s.flush()
		}
	}
}

// It is put into a variable first.
func (s *server) named() {
	for e := range s.in {
		timeout := time.After(30 * time.Second) // want `likely: .*one that another case overtakes.*30s`
		select {
		case s.in <- e:
		case <-timeout:
			return
		}
	}
}

// A loop that works for ever leaves the last one behind.
func (s *server) monitor() {
	for {
		select {
		case <-time.After(s.interval): // want `likely: time.After makes a timer in each turn of this loop; before Go 1.23 the one that is not waited for to the end stays`
		case <-s.stopping:
			return
		}
		if s.done {
			continue
		}
		s.flush()
	}
}

func (s *server) heartbeat(ctx context.Context, beat func()) {
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(10 * time.Second): // want `likely: .*the one that is not waited for to the end stays in the timer heap, with its channel, for the rest of its 10s`
				beat()
			}
		}
	}()
}

// By a helper that is called in a loop.
func (s *server) forward(out chan<- event) {
	for {
		e, err := s.next(time.Minute) // want `likely: next makes a timer in each call, by time.After, in each turn of this loop; before Go 1.23 one that another case overtakes.*1m0s ← time.After makes a timer in each call`
		if err != nil {
			return
		}
		out <- e
	}
}

func (s *server) next(d time.Duration) (event, error) {
	select {
	case e := <-s.in:
		return e, nil
	case <-time.After(d):
		return event{}, errTimeout
	}
}

// One for each request.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case e := <-s.in:
		s.handle(e)
	case <-time.After(30 * time.Second): // want `likely: time.After makes a timer for each request \(HTTP handler\); before Go 1.23 it stays in the timer heap, with its channel, until it fires, however soon the answer comes`
		http.Error(w, "timeout", http.StatusGatewayTimeout)
	}
}

// It is not known for how long.
func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	select {
	case e := <-s.in:
		s.handle(e)
	case <-time.After(s.interval): // want `suspected: time.After makes a timer for each request`
		http.Error(w, "timeout", http.StatusGatewayTimeout)
	}
}

// As many as there are names.
func (s *server) each(names []string, ask func(string) <-chan event) {
	for _, name := range names {
		select {
		case e := <-ask(name):
			s.handle(e)
		case <-time.After(time.Minute): // want `suspected: `
			s.flush()
		}
	}
}

// A hot loop.
//
//lagvet:hot
func (s *server) hot() {
	for {
		select {
		case e := <-s.in:
			s.handle(e)
		case <-time.After(time.Minute): // want `proven: time.After makes a timer in hot code`
		}
	}
}
