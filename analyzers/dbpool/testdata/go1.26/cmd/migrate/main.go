// Command migrate serves nobody.
package main

import (
	"database/sql"
	"log"
	"os"
)

type migrator struct{ db *sql.DB }

func main() {
	db, err := sql.Open("postgres", os.Getenv("DSN")) // want `suspected: nothing limits the connections`
	if err != nil {
		log.Fatal(err)
	}
	m := &migrator{db}
	tx, err := m.db.Begin() // want `suspected: transaction is neither committed`
	if err != nil {
		log.Fatal(err)
	}
	if _, err := tx.Exec("SELECT 1"); err != nil {
		return
	}
	tx.Commit()
}
