// Package registered opens an embedded database under a name of its own.
package registered

import (
	"context"
	"database/sql"

	"example.org/queue/sqlite"
)

type options struct {
	driver string
	raw    *sqlite.Driver
}

func open(o options, path string) (*sql.DB, error) { return sql.Open(o.driver, path) }

// No server to wait for.
func vacuum(ctx context.Context, db *sql.DB) error {
	_, err := db.Exec("VACUUM") // want `^suspected: \(\*sql\.DB\)\.Exec ignores`
	return err
}
