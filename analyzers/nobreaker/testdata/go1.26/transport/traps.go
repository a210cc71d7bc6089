// Package transport has a client whose transport asks a breaker, and one of a database.
package transport

import (
	"database/sql"
	"net/http"

	"github.com/sony/gobreaker"
)

type protected struct {
	next    http.RoundTripper
	breaker *gobreaker.CircuitBreaker
}

func (p *protected) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := p.breaker.Execute(func() (any, error) { return p.next.RoundTrip(r) })
	if err != nil {
		return nil, err
	}
	return resp.(*http.Response), nil
}

type server struct {
	client *http.Client
	db     *sql.DB
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.client.Get("http://a")
	s.db.Ping() // want `^suspected: a database call`
}
