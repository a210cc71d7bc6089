// Command tool does one thing and ends.
package main

import (
	"context"
	"database/sql"
	"log"
)

func main() {
	ctx := context.Background()
	db, err := sql.Open("postgres", "")
	if err != nil {
		log.Fatal(err)
	}
	if err := migrate(db); err != nil {
		log.Fatal(err)
	}
	_, err = db.ExecContext(ctx, "VACUUM")
	if err != nil {
		log.Fatal(err)
	}
}

func migrate(db *sql.DB) error {
	_, err := db.ExecContext(context.Background(), "CREATE TABLE goods (id int)")
	return err
}
