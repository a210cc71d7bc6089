// Package sqlx stands in for the library of that name.
package sqlx

import (
	"context"
	"database/sql"
)

type DB struct{ *sql.DB }

type Rows struct{ *sql.Rows }

func Connect(driver, dsn string) (*DB, error) {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, err
	}
	return &DB{db}, nil
}

func NewDb(db *sql.DB, driver string) *DB { return &DB{DB: db} }

func (db *DB) GetContext(ctx context.Context, dest any, query string, args ...any) error { return nil }

func (db *DB) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	return nil
}

func (db *DB) QueryxContext(ctx context.Context, query string, args ...any) (*Rows, error) {
	r, err := db.DB.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return &Rows{r}, nil
}

func (r *Rows) StructScan(dest any) error { return nil }

func In(query string, args ...any) (string, []any, error) { return query, args, nil }
