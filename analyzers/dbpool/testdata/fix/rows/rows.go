package rows

import "database/sql"

func names(db *sql.DB) (ns []string, err error) {
	rows, err := db.Query("SELECT name FROM users") // want `likely: rows are not closed`
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		ns = append(ns, n)
	}
	return ns, rows.Err()
}

func rename(db *sql.DB, id int, name string) error {
	tx, err := db.Begin() // want `likely: transaction is neither`
	if err != nil {
		return err
	} // nothing has begun
	if _, err := tx.Exec("UPDATE users SET name = $1 WHERE id = $2", name, id); err != nil {
		return err
	}
	return tx.Commit()
}
