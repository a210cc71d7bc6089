package shop

import (
	"context"
	"net/http"
	"os/exec"
)

// A breaker around the call.
func (s *shop) broken(w http.ResponseWriter, r *http.Request) {
	s.breaker.Execute(func() (any, error) { return s.client.Get("http://a") })
}

// A limiter before it.
func (s *shop) limited(w http.ResponseWriter, r *http.Request) {
	if err := s.rate.Wait(r.Context()); err != nil {
		return
	}
	s.redis.Get("a")
}

// One made at home.
func (s *shop) allowed(w http.ResponseWriter, r *http.Request) {
	if !s.gate.Allow() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	s.redis.Get("a")
}

func (s *shop) acquired(w http.ResponseWriter, r *http.Request) {
	if s.gate.TryAcquire() {
		s.users.Get(r.Context(), "a")
	}
}

func (s *shop) executed(w http.ResponseWriter, r *http.Request) {
	s.gate.Execute(func() error {
		_, err := s.redis.Get("a")
		return err
	})
}

// A slot of a channel.
func (s *shop) slotted(w http.ResponseWriter, r *http.Request) {
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	s.redis.Get("a")
}

// What is called protects itself, in this package and in another.
func (s *shop) inside(w http.ResponseWriter, r *http.Request) {
	s.careful(r.Context())
	s.prices.GetSome(r.Context(), "a")
}

func (s *shop) careful(ctx context.Context) {
	if s.gate.Allow() {
		s.users.Get(ctx, "a")
	}
}

// A caller has asked.
func (s *shop) outside(w http.ResponseWriter, r *http.Request) {
	if s.gate.Allow() {
		s.ask(r.Context())
	}
}

func (s *shop) ask(ctx context.Context) { s.users.Get(ctx, "a") }

// A helper asks.
func (s *shop) helped(w http.ResponseWriter, r *http.Request) {
	s.throttle(r.Context())
	s.redis.Get("a")
}

func (s *shop) throttle(ctx context.Context) { s.rate.Wait(ctx) }

// No request waits for what is done at start-up.
func (s *shop) warm() { s.redis.Get("a") }

// A command is not a dependency.
func (s *shop) run(w http.ResponseWriter, r *http.Request) { exec.Command("true").Run() }

// What answers the client asks nobody.
func (s *shop) answer(w http.ResponseWriter, r *http.Request) { w.Write([]byte("a")) }

// No request waits for what it starts.
func (s *shop) starts(w http.ResponseWriter, r *http.Request) {
	go s.later()
	go func() { s.redis.Get("a") }()
	s.start(func() { s.redis.Get("a") })
	s.start(s.later)
}

func (s *shop) start(f func()) {
	go func() { f() }()
}

func (s *shop) later() { s.redis.Get("a") }

// What a library does to answer the client is its own.
func (s *shop) challenge(w http.ResponseWriter, r *http.Request) {
	if s.redis.Challenge(w, r) {
		return
	}
}
