// Package wiring sets limits, in every way there is.
package wiring

import (
	"database/sql"

	"github.com/jmoiron/sqlx"

	"example.com/shop/poolconf"
	"example.com/shop/store"
)

type repo struct{ db *sql.DB }

// In the constructor.
func trapHere(dsn string, n int) (*repo, error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(n)
	return &repo{db}, nil
}

type lazy struct{ conn *sql.DB }

// In another method, through the field.
func (l *lazy) trapOpen(dsn string) (err error) {
	l.conn, err = sql.Open("postgres", dsn)
	return err
}

func (l *lazy) limit(n int) { l.conn.SetMaxOpenConns(n) }

// By a function of another package.
func trapTuned(c poolconf.Config) (*store.Store, error) {
	db, err := poolconf.Open(c)
	if err != nil {
		return nil, err
	}
	poolconf.Tune(db, c)
	return store.New(db), nil
}

type option func(*sql.DB)

func withMax(n int) option { return func(db *sql.DB) { db.SetMaxOpenConns(n) } }

type optional struct{ db *sql.DB }

// By an option.
func trapOptions(dsn string, opts ...option) (*optional, error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, err
	}
	for _, o := range opts {
		o(db)
	}
	return &optional{db}, nil
}

type wrapped struct{ x *sqlx.DB }

// On what is wrapped around it.
func trapWrapped(dsn string, n int) (*wrapped, error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, err
	}
	x := sqlx.NewDb(db, "postgres")
	x.SetMaxOpenConns(n)
	return &wrapped{x}, nil
}

type file struct{ db *sql.DB }

// A file has no server whose connections run out.
func trapFile(path string) (*file, error) {
	db, err := sql.Open("sqlite3", path)
	return &file{db}, err
}

// Asked once and closed.
func trapOnce(dsn string) (n int, err error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRow("SELECT 1").Scan(&n)
	return n, err
}
