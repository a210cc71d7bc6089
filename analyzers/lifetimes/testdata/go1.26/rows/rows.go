package rows

import (
	"context"
	"database/sql"
)

type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

func exhausted(q querier, ctx context.Context) error {
	rows, err := q.QueryContext(ctx, "") // want `QueryContext: exhaust$`
	if err != nil {
		return err
	}
	for rows.Next() {
	}
	return rows.Err()
}

func early(db *sql.DB) error {
	rows, err := db.Query("") // want `DB..Query: exhaust unreleased:return$`
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := rows.Scan(); err != nil {
			return err
		}
	}
	return rows.Err()
}

func scanned(db *sql.DB) error {
	rows, err := db.Query("") // want `DB..Query: hand exhaust$`
	if err != nil {
		return err
	}
	return scan(rows)
}

func scan(rows *sql.Rows) error {
	for rows.Next() {
	}
	return rows.Err()
}

func begin(db *sql.DB, ctx context.Context) error {
	tx, err := db.BeginTx(ctx, nil) // want `DB..BeginTx: release release$`
	if err != nil {
		return err
	}
	if _, err := tx.Exec(""); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

func neither(db *sql.DB) error {
	tx, err := db.Begin() // want `DB..Begin: release unreleased:return$`
	if err != nil {
		return err
	}
	if _, err := tx.Exec(""); err != nil {
		return err
	}
	return tx.Commit()
}

func open() *sql.DB {
	db, err := sql.Open("", "") // want `sql.Open: touch:SetMaxOpenConns return:0$`
	if err != nil {
		return nil
	}
	db.SetMaxOpenConns(4)
	return db
}
