// Package store reads the database without contexts.
package store

import (
	"database/sql"
	"net/http"
)

type Store struct{ db *sql.DB }

func (s *Store) Name(id int) (name string, err error) {
	err = s.row(id).Scan(&name)
	return name, err
}

func (s *Store) row(id int) *sql.Row {
	return s.db.QueryRow("SELECT name FROM goods WHERE id = ?", id) // want `^suspected: \(\*sql\.DB\)\.QueryRow waits for the database without a context: no caller can end the wait or bound it$`
}

// Send sends what it is given, as it is.
func Send(c *http.Client, req *http.Request) error {
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// NewRequest has no context to give.
func NewRequest(u string) (*http.Request, error) {
	return http.NewRequest("GET", u, nil)
}
