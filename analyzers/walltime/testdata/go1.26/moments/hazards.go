// Package moments loses the monotonic reading.
package moments

import (
	"log"
	"net/http"
	"time"

	"example.com/app/clock"
)

type session struct {
	started time.Time
	last    time.Time
	rtt     time.Time
	expiry  time.Time
	ttl     time.Duration
	zone    *time.Location
	took    []time.Duration
}

// UTC, for no reason.
func (s *session) handle(w http.ResponseWriter, r *http.Request) {
	start := time.Now().UTC()
	defer func() {
		s.took = append(s.took, time.Since(start)) // want `likely: this duration goes by the wall clock, since UTC drops the monotonic reading`
	}()
	w.WriteHeader(http.StatusNoContent)
}

// On both ends.
func (s *session) both(f func()) time.Duration {
	start := time.Now().UTC()
	f()
	return time.Now().UTC().Sub(start) // want `likely: this duration`
}

// On the later one alone.
func (s *session) later(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Now().UTC().Sub(start) // want `likely: this duration goes by the wall clock, since UTC`
}

// In a field.
func (s *session) ping() { s.rtt = time.Now().UTC() }

func (s *session) pong() time.Duration { return time.Since(s.rtt) } // want `likely: this duration .* ← rtt is read here`

// In a literal, by a function of another package.
func open() *session { return &session{started: clock.UTCNow()} }

func (s *session) age() time.Duration { return clock.UTCNow().Sub(s.started) } // want `likely: this duration`

// A deadline.
func (s *session) extend() { s.expiry = time.Now().In(s.zone).Add(s.ttl) }

func (s *session) expired() bool { return time.Now().After(s.expiry) } // want `likely: this deadline goes by the wall clock, since In drops`

// One of two ways loses it.
func (s *session) touch() { s.last = time.Now() }
func (s *session) reset() { s.last = time.Now().Local() }

func (s *session) idle() bool {
	return time.Since(s.last) > s.ttl // want `likely: this duration .*since Local drops`
}

// Until a moment.
func wait(d time.Duration) {
	until := time.Now().UTC().Add(d)
	for {
		left := time.Until(until) // want `likely: this deadline`
		if left <= 0 {
			return
		}
		time.Sleep(min(left, time.Second))
	}
}

// Half the time that is left of a moment of its own.
func (s *session) halve(d time.Duration, poll func()) {
	end := time.Now().Add(d)
	half := time.Now().Add(time.Until(end) / 2).UTC()
	for time.Now().Before(half) { // want `likely: this deadline goes by the wall clock, since UTC drops`
		poll()
	}
}

// More than a log hangs on it.
func slow(f func(), retry func()) (n int) {
	start := time.Now().UTC()
	f()
	if took := time.Since(start); took > time.Second { // want `likely: this duration`
		log.Printf("took %s", took)
		retry()
	}
	begin := time.Now().UTC()
	f()
	if time.Since(begin) > time.Second { // want `likely: this duration`
		log.Print("slow")
		n++
	}
	last := time.Now().UTC()
	f()
	if time.Since(last) > time.Second { // want `likely: this duration`
		log.Print("slow")
		return 1
	}
	return n
}
