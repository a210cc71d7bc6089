// Package pool opens databases and keeps them.
package pool

import (
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"example.com/shop/poolconf"
	"example.com/shop/store"
)

type repo struct {
	db *sql.DB
}

func newRepo(dsn string) (*repo, error) {
	db, err := sql.Open("postgres", dsn) // want `likely: nothing limits the connections of this database`
	if err != nil {
		return nil, err
	}
	if err := db.Ping(); err != nil {
		return nil, err
	}
	return &repo{db: db}, nil
}

// Opened by another package, which leaves the limits to its callers.
func fromConfig(c poolconf.Config) (*repo, error) {
	db, err := poolconf.Open(c) // want `likely: nothing limits the connections of this database`
	return &repo{db}, err
}

// Kept by another package, which sets none either.
func handedOn(dsn string) (*store.Store, error) {
	db, err := sql.Open("mysql", dsn) // want `likely: nothing limits the connections of this database`
	if err != nil {
		return nil, err
	}
	return store.New(db), nil
}

var shared *sqlx.DB

func connect(dsn string) (err error) {
	shared, err = sqlx.Connect("pgx", dsn) // want `likely: nothing limits the connections of this database`
	return err
}

type aging struct{ db *sql.DB }

// A lifetime is a beginning.
func newAging(dsn string) (*aging, error) {
	db, err := sql.Open("postgres", dsn) // want `suspected: nothing limits the connections of this database`
	if err != nil {
		return nil, err
	}
	db.SetConnMaxLifetime(time.Hour)
	return &aging{db}, nil
}

// Public has its database where anybody may set the limits.
type Public struct{ DB *sql.DB }

func newPublic(dsn string) (*Public, error) {
	db, err := sql.Open("postgres", dsn) // want `suspected: nothing limits the connections of this database`
	if err != nil {
		return nil, err
	}
	return &Public{DB: db}, nil
}
