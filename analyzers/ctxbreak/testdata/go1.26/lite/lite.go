// Package lite keeps its database in the program.
package lite

import (
	"context"
	"database/sql"

	_ "example.org/redis/sqlite"
)

type store struct{ db *sql.DB }

func open() (*store, error) {
	db, err := sql.Open("sqlite", "file:shop.db")
	return &store{db}, err
}

func (s *store) put(ctx context.Context, k, v string) error {
	_, err := s.db.ExecContext(context.Background(), "INSERT INTO kv VALUES (?, ?)", k, v) // want `^suspected: .* \(the database is part of the program\)`
	return err
}
