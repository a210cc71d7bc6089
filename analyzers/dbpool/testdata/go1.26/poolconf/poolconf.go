// Package poolconf sets the limits of databases, and opens them.
package poolconf

import (
	"database/sql"
	"time"
)

type Config struct {
	DSN     string
	MaxOpen int
}

// Tune is for databases that others have opened.
func Tune(db *sql.DB, c Config) {
	if c.MaxOpen > 0 {
		db.SetMaxOpenConns(c.MaxOpen)
		db.SetMaxIdleConns(c.MaxOpen)
	}
	db.SetConnMaxLifetime(time.Hour)
}

// Open leaves the limits to its callers.
func Open(c Config) (*sql.DB, error) {
	db, err := sql.Open("postgres", c.DSN)
	if err != nil {
		return nil, err
	}
	if err := db.Ping(); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}
