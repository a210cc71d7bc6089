// Package dbpool finds connections to databases that are lost, without a limit, or asked once for each of many things.
//
// # What
//
// Of databases reached through database/sql, sqlx, pgx or gorm:
//
//   - Rows, a prepared statement or a transaction that some path leaves open: a
//     return between Query and the defer, in the loop over the rows, between Begin
//     and Commit; rows that nobody takes, as those of an UPDATE that is sent by Query.
//   - A database that is opened and kept, and whose pool of connections nobody
//     limits: no SetMaxOpenConns wherever it goes.
//   - A query in a loop over the rows of another or the elements of a slice or map,
//     for what differs from turn to turn, on behalf of a request: the N+1 problem. The
//     loop and the query may be calls apart, in different packages.
//
// For example:
//
//	rows, err := db.QueryContext(ctx, "SELECT id, customer FROM orders") // finding
//	if err != nil {
//		return err
//	}
//	for rows.Next() {
//		if err := rows.Scan(&o.ID, &o.Customer); err != nil {
//			return err // the connection stays taken
//		}
//		name, err := s.customerName(ctx, o.Customer) // finding: a query for each row
//		…
//	}
//
// The finding about a pool stands where the database is opened or, if the function
// that opens it returns it, where that is called; that about a query in a loop
// stands at the call in the loop.
//
// # Why it costs
//
// Open rows and transactions keep their connection. Package database/sql takes it back
// when the context of the query ends; without a context, or with one that lives
// as long as the process, never. Where the pool has a limit, requests then wait for a
// connection that nobody will return; where it has none, the server's runs out. An open
// transaction also keeps its row locks, for which others wait.
//
// By default a pool has no limit. While the database is slow, each waiting
// query opens one more connection, which makes it slower, until it refuses all; and
// only two idle ones are kept, so that a burst pays for its connections again and again.
//
// N queries one after the other are N round trips: 200 of half a millisecond each
// are a tenth of a second, in which the database did next to nothing. And their number
// grows with the data, so that it is not seen in a test.
//
// # When it is silent
//
//   - Closed by a defer, on every path, by a helper in this package or another. Rows
//     close themselves when Next returns false; QueryRow needs no Close; a
//     transaction closes its statements. Who returns them, or keeps them in a struct,
//     leaves them to others: the callers of a function that returns them are judged.
//   - SetMaxOpenConns anywhere on the database: in the constructor, on the field that
//     holds it, by an option, a function that is given it, in another package too, or
//     somewhere in the package if the database goes out of sight.
//   - A database that its function returns or closes again, drivers of embedded databases.
//   - Loops whose turns the program itself fixes; batches; loops in which each turn has
//     another database or another statement; Exec of a prepared statement; functions
//     and packages for migrations.
//   - sql.Open for each request: rule initperreq.
//   - Test files.
//
// It is only suspected, which is for the audit, where
//
//   - what is left open is opened once, in main or what main alone calls;
//   - the database can be reached by others, who may set its limits, its connections
//     have a lifetime but no limit, or the program is a command that serves nobody;
//   - nothing in the package shows that the loop runs for a request, the query
//     changes something, a cache may have the answer, or the loop ends with the
//     first that is found.
//
// # How to mend
//
// Defer the release right after the error check. After Commit, Rollback does nothing:
//
//	tx, err := db.BeginTx(ctx, nil)
//	if err != nil {
//		return err
//	}
//	defer tx.Rollback()
//
// Limit the pool to what the server grants this process, and keep what was opened:
//
//	db.SetMaxOpenConns(20)
//	db.SetMaxIdleConns(20)
//	db.SetConnMaxLifetime(30 * time.Minute)
//
// Ask for all at once: a join, WHERE id IN (…), = ANY($1) with pgx, sqlx.In, a batch.
//
// The suggested fix defers Close or Rollback where a function creates rows, a statement
// or a transaction of package database/sql outside any loop and keeps it to itself.
//
// # Go versions
//
// All.
package dbpool
