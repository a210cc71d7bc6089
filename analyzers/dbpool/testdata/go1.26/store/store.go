// Package store asks the database on behalf of other packages.
package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jmoiron/sqlx"
)

// A DBTX is a database or a transaction.
type DBTX interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	PrepareContext(context.Context, string) (*sql.Stmt, error)
}

type Store struct {
	db    DBTX
	pool  *sql.DB
	xdb   *sqlx.DB
	cache map[int64]*User
}

type User struct {
	ID    int64
	Name  string
	Posts []string
}

func New(db *sql.DB) *Store { return &Store{db: db, pool: db} }

// A row that does not scan keeps the connection.
func (s *Store) Users(ctx context.Context) ([]*User, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, name FROM users") // want `likely: rows are not closed on some path.* ← returns without closing the rows`
	if err != nil {
		return nil, err
	}
	var us []*User
	for rows.Next() {
		u := new(User)
		if err := rows.Scan(&u.ID, &u.Name); err != nil {
			return nil, fmt.Errorf("scanning a user: %w", err)
		}
		us = append(us, u)
	}
	return us, rows.Err()
}

// One row is read, and the others are not.
func (s *Store) FirstUser(ctx context.Context) (u User, err error) {
	rows, err := s.pool.QueryContext(ctx, "SELECT id, name FROM users ORDER BY id") // want `likely: rows are not closed on some path`
	if err != nil {
		return u, err
	}
	if rows.Next() {
		err = rows.Scan(&u.ID, &u.Name)
	}
	return u, err
}

// A statement that returns nothing is asked for rows, and they are dropped.
func (s *Store) Touch(ctx context.Context, id int64) error {
	_, err := s.pool.QueryContext(ctx, "UPDATE users SET seen = now() WHERE id = $1", id) // want `likely: rows are not closed on some path`
	return err
}

// The defer comes too late for the return before it.
func (s *Store) Names(ctx context.Context, limit int) (names []string, err error) {
	rows, err := s.xdb.QueryxContext(ctx, "SELECT name FROM users") // want `likely: rows are not closed on some path`
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		return nil, nil
	}
	defer rows.Close()
	for rows.Next() {
		var n string
		if err := rows.StructScan(&n); err != nil {
			return nil, err
		}
		if names = append(names, n); len(names) == limit {
			break
		}
	}
	return names, nil
}

// The branch in the middle of a transaction.
func (s *Store) Rename(ctx context.Context, id int64, name string) error {
	tx, err := s.pool.BeginTx(ctx, nil) // want `likely: transaction is neither committed nor rolled back on some path.* ← returns without Commit or Rollback`
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, "UPDATE users SET name = $1 WHERE id = $2", name, id)
	if err != nil {
		tx.Rollback()
		return err
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return sql.ErrNoRows
	}
	return tx.Commit()
}

// A transaction of another library.
func Balance(ctx context.Context, c *pgx.Conn, id int64) (n int64, err error) {
	tx, err := c.Begin(ctx) // want `likely: transaction is neither committed nor rolled back`
	if err != nil {
		return 0, err
	}
	if err := tx.QueryRow(ctx, "SELECT balance FROM accounts WHERE id = $1", id).Scan(&n); err != nil {
		return 0, err
	}
	return n, tx.Commit(ctx)
}

// Prepared each time it is called.
func (s *Store) Import(ctx context.Context, us []*User) error {
	stmt, err := s.db.PrepareContext(ctx, "INSERT INTO users (id, name) VALUES ($1, $2)") // want `likely: prepared statement is not closed on some path`
	if err != nil {
		return err
	}
	for _, u := range us {
		if _, err := stmt.ExecContext(ctx, u.ID, u.Name); err != nil {
			return err
		}
	}
	return nil
}

// Open hands the rows on, and whoever calls it answers for them.
func (s *Store) Open(ctx context.Context) (*sql.Rows, error) {
	return s.db.QueryContext(ctx, "SELECT id FROM users")
}

// User asks for one.
func (s *Store) User(ctx context.Context, id int64) (*User, error) {
	u := &User{ID: id}
	err := s.db.QueryRowContext(ctx, "SELECT name FROM users WHERE id = $1", id).Scan(&u.Name)
	return u, err
}

// Cached asks for what is not there yet.
func (s *Store) Cached(ctx context.Context, id int64) (*User, error) {
	if u, ok := s.cache[id]; ok {
		return u, nil
	}
	u, err := s.User(ctx, id)
	if err != nil {
		return nil, err
	}
	s.cache[id] = u
	return u, nil
}

// Seen changes something.
func (s *Store) Seen(ctx context.Context, id int64) error {
	_, err := s.db.ExecContext(ctx, "UPDATE users SET seen = now() WHERE id = $1", id)
	return err
}

// Posts of all users, out of reach of a request for all that is seen here.
func (s *Store) Posts(ctx context.Context, us []*User) error {
	for _, u := range us {
		p, err := s.posts(ctx, u.ID) // want `suspected: .*posts ends in a query, which asks the database once for each element of us.* ← .*QueryContext asks the database`
		if err != nil {
			return err
		}
		u.Posts = p
	}
	return nil
}

func (s *Store) posts(ctx context.Context, id int64) (ps []string, err error) {
	rows, err := s.db.QueryContext(ctx, "SELECT title FROM posts WHERE author = $1", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p string
		if err := rows.Scan(&p); err != nil {
			return nil, err
		}
		ps = append(ps, p)
	}
	return ps, rows.Err()
}
