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
