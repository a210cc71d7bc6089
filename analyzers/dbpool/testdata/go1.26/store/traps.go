package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
)

// Next to the end closes them.
func (s *Store) trapExhausted(ctx context.Context) (n int, err error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id FROM users")
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

// A helper reads them to the end.
func (s *Store) trapHelper(ctx context.Context) ([]int64, error) {
	rows, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	return scanIDs(rows)
}

func scanIDs(rows *sql.Rows) (ids []int64, err error) {
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// Another package's helper does, by way of an interface.
func trapCollected(ctx context.Context, c *pgx.Conn) ([]string, error) {
	rows, err := c.Query(ctx, "SELECT name FROM users")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.Row) (s string, err error) { return s, r.Scan(&s) })
}

// A row needs no Close.
func (s *Store) trapRow(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRowContext(ctx, "SELECT count(*) FROM users").Scan(&n)
	return n, err
}

// Rolled back by a defer, which does nothing after Commit.
func (s *Store) trapRollback(ctx context.Context, id int64) error {
	tx, err := s.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "DELETE FROM users WHERE id = $1", id); err != nil {
		return err
	}
	return tx.Commit()
}

// Rolled back by a defer that looks at the error.
func (s *Store) trapNamed(ctx context.Context, id int64) (err error) {
	tx, err := s.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
			return
		}
		err = tx.Commit()
	}()
	_, err = tx.ExecContext(ctx, "DELETE FROM users WHERE id = $1", id)
	return err
}

// What runs in the transaction is up to others, its end is not.
func (s *Store) trapRun(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := s.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// A transaction closes its statements, and its loop sends them in a row.
func (s *Store) trapPrepared(ctx context.Context, us []*User) error {
	tx, err := s.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	stmt, err := tx.PrepareContext(ctx, "INSERT INTO users (id, name) VALUES ($1, $2)")
	if err != nil {
		return err
	}
	for _, u := range us {
		if _, err := stmt.ExecContext(ctx, u.ID, u.Name); err != nil {
			return err
		}
	}
	return tx.Commit()
}

type statements struct{ byID *sql.Stmt }

// Prepared once and kept.
func (s *Store) trapKept(ctx context.Context) (*statements, error) {
	stmt, err := s.db.PrepareContext(ctx, "SELECT name FROM users WHERE id = $1")
	if err != nil {
		return nil, err
	}
	return &statements{byID: stmt}, nil
}

// The unit of work has the transaction, and ends it.
type unit struct{ tx *sql.Tx }

func (s *Store) trapUnit(ctx context.Context) (*unit, error) {
	tx, err := s.pool.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &unit{tx}, nil
}

func (u *unit) Done(err error) error {
	if err != nil {
		return u.tx.Rollback()
	}
	return u.tx.Commit()
}

// Migrations run once, statement by statement.
func (s *Store) MigrateUsers(ctx context.Context, ids []int64) error {
	for _, id := range ids {
		if _, err := s.db.ExecContext(ctx, "UPDATE users SET v = 2 WHERE id = $1", id); err != nil {
			return err
		}
	}
	return nil
}
