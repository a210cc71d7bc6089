// Package store makes the contexts that its callers have.
package store

import (
	"context"
	"database/sql"
	"time"
)

type Store struct{ db *sql.DB }

func New(dsn string) (*Store, error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, err
	}
	return &Store{db}, db.PingContext(context.Background())
}

func (s *Store) Name(id int) (name string, err error) {
	err = s.row(id).Scan(&name)
	return name, err
}

func (s *Store) row(id int) *sql.Row {
	return s.db.QueryRowContext(context.Background(), "SELECT name FROM goods WHERE id = ?", id)
}

func (s *Store) Touch(id int) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := s.db.ExecContext(ctx, "UPDATE goods SET seen = now() WHERE id = ?", id)
	return err
}

// Forget has its own timeout, and a cache before it has none.
func (s *Store) Forget(id int) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := s.db.ExecContext(ctx, "DELETE FROM goods WHERE id = ?", id)
	return err
}

// Cache is another one that forgets.
type Cache struct{ db *sql.DB }

func (c *Cache) Forget(id int) error {
	_, err := c.db.ExecContext(context.Background(), "DELETE FROM cached WHERE id = ?", id)
	return err
}

// Context is for those who have none.
func Context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Minute)
}

// Find does as it should.
func (s *Store) Find(ctx context.Context, id int) (name string, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT name FROM goods WHERE id = ?", id).Scan(&name)
	return name, err
}

// A Lazy store asks for its key when it needs it first, and keeps it.
type Lazy struct {
	db   *sql.DB
	key  *sql.Row
	last *sql.Row
}

// Key makes the key once.
func (s *Lazy) Key() *sql.Row {
	if s.key == nil {
		s.key = s.db.QueryRowContext(context.Background(), "SELECT key FROM keys")
	}
	return s.key
}

// Last is asked for again whenever it has been dropped.
func (s *Lazy) Last() *sql.Row {
	if s.last == nil {
		s.last = s.db.QueryRowContext(context.Background(), "SELECT name FROM goods ORDER BY id DESC")
	}
	return s.last
}

// Drop forgets the last one.
func (s *Lazy) Drop() { s.last = nil }

// Fresh asks where there is none, and keeps nothing.
func (s *Lazy) Fresh() (name string) {
	if s.key == nil {
		s.db.QueryRowContext(context.Background(), "SELECT name FROM goods").Scan(&name)
	}
	return name
}

// Signed makes the key once, and asks each time.
func (s *Lazy) Signed() (name string) {
	if s.key == nil {
		s.key = s.db.QueryRowContext(context.Background(), "SELECT key FROM keys")
	}
	s.db.QueryRowContext(context.Background(), "SELECT name FROM goods").Scan(&name)
	return name
}
