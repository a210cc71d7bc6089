// Package shop serves requests, and asks others for what it needs.
package shop

import (
	"context"
	"database/sql"
	"net"
	"net/http"
	"net/smtp"
	"time"

	"example.com/shop/prices"
	"example.org/redis"
	"github.com/sony/gobreaker"
	"golang.org/x/time/rate"
	"google.golang.org/grpc"
)

// A UsersClient is as the generator makes it.
type UsersClient interface {
	Get(ctx context.Context, id string, opts ...grpc.CallOption) (string, error)
}

type shop struct {
	client  *http.Client
	db      *sql.DB
	redis   *redis.Client
	users   UsersClient
	prices  *prices.Client
	breaker *gobreaker.CircuitBreaker
	rate    *rate.Limiter
	gate    *gate
	slots   chan struct{}
	dial    func(network, addr string) (net.Conn, error)
}

func (s *shop) routes(mux *http.ServeMux) {
	mux.HandleFunc("/items", s.items)
	mux.HandleFunc("/buy", s.buy)
	mux.HandleFunc("/about", func(w http.ResponseWriter, r *http.Request) {
		resp, err := http.Get("http://about") // want `^suspected: an HTTP request on behalf of a request \(HTTP handler\), with neither a breaker nor a limiter on the way.* ← HTTP handler$`
		if err == nil {
			resp.Body.Close()
		}
	})
}

func (s *shop) items(w http.ResponseWriter, r *http.Request) {
	rows, err := s.db.QueryContext(r.Context(), "SELECT 1") // want `^suspected: a database call on behalf of a request`
	if err == nil {
		rows.Close()
	}
	s.redis.Get("items")            // want `^suspected: a client library's request on behalf of a request`
	s.users.Get(r.Context(), "me")  // want `^suspected: a remote call on behalf of a request`
	s.prices.Get(r.Context(), "me") // want `^suspected: an HTTP request .* ← HTTP handler ← calls \(\*prices.Client\).Get ← \(\*http.Client\).Do makes the HTTP request$`
}

// The place is that of the function that asks, with the way from the handler.
func (s *shop) buy(w http.ResponseWriter, r *http.Request) {
	s.pay(r.Context())
	s.pay(r.Context())
	s.tell("me")
}

func (s *shop) pay(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // a timeout is no breaker
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://bank", nil)
	if err != nil {
		return err
	}
	resp, err := s.client.Do(req) // want `^suspected: an HTTP request .* ← HTTP handler ← calls \(\*shop\).pay$`
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func (s *shop) tell(who string) {
	smtp.SendMail("mail:25", nil, "shop", []string{who}, nil) // want `^suspected: a mail on behalf`
	conn, err := s.dial("tcp", "audit:1")                     // want `^suspected: a connection on behalf`
	if err == nil {
		conn.Close()
	}
	net.LookupHost(who) // want `^suspected: a name lookup on behalf`
}

// A breaker after the call is another call's.
func (s *shop) late(w http.ResponseWriter, r *http.Request) {
	resp, err := s.client.Get("http://late") // want `^suspected: an HTTP request`
	if err != nil {
		return
	}
	resp.Body.Close()
	s.breaker.Execute(func() (any, error) { return nil, nil })
}

type gate struct{ n int }

func (g *gate) Allow() bool                  { return g.n > 0 }
func (g *gate) TryAcquire() bool             { return g.n > 0 }
func (g *gate) Execute(f func() error) error { return f() }
func (g *gate) Set(n int)                    { g.n = n }

// Setting a limiter up is not asking it.
func (s *shop) set(w http.ResponseWriter, r *http.Request) {
	s.gate.Set(1)
	s.redis.Get("limit") // want `^suspected: a client library's request`
}
