package handlers

import (
	"context"
	"database/sql"
	"net/http"
	"slices"

	"github.com/jmoiron/sqlx"

	"example.com/shop/store"
)

var tables = []string{"users", "orders"}

// How many there are, the program decides.
func (s *server) trapFixed(w http.ResponseWriter, r *http.Request) {
	for _, kind := range tables {
		var n int
		s.db.QueryRowContext(r.Context(), "SELECT n FROM counts WHERE kind = $1", kind).Scan(&n)
	}
	for i := range 3 {
		s.db.QueryRowContext(r.Context(), "SELECT n FROM counts WHERE kind = $1", i)
	}
}

// One query for all.
func (s *server) trapAll(w http.ResponseWriter, r *http.Request) {
	q, args, err := sqlx.In("SELECT name FROM users WHERE id IN (?)", s.idsOf(r))
	if err != nil {
		return
	}
	var names []string
	s.xdb.SelectContext(r.Context(), &names, q, args...)
}

// In batches.
func (s *server) trapBatches(w http.ResponseWriter, r *http.Request) {
	for chunk := range slices.Chunk(s.idsOf(r), 500) {
		s.usersOf(r.Context(), chunk)
	}
	for _, chunk := range chunks(s.idsOf(r)) {
		s.usersOf(r.Context(), chunk)
	}
}

func chunks(ids []int64) [][]int64 { return slices.Collect(slices.Chunk(ids, 500)) }

func (s *server) usersOf(ctx context.Context, ids []int64) (names []string) {
	s.xdb.SelectContext(ctx, &names, "SELECT name FROM users WHERE id = ANY($1)", ids)
	return names
}

type shard struct{ db *sql.DB }

func (s shard) count(ctx context.Context, r *http.Request) (n int) {
	s.db.QueryRowContext(ctx, "SELECT count(*) FROM users").Scan(&n)
	return n
}

// Each turn asks another database.
func trapShards(shards []shard) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, sh := range shards {
			sh.count(r.Context(), r)
		}
	}
}

// What is asked is the same in each turn: a matter for another day.
func (s *server) trapSame(w http.ResponseWriter, r *http.Request) {
	for range s.idsOf(r) {
		u, err := s.store.User(r.Context(), 1)
		_, _ = u, err
	}
}

// A retry is no list of things.
func (s *server) trapRetry(w http.ResponseWriter, r *http.Request) {
	for try := 0; ; try++ {
		if u, err := s.store.User(r.Context(), int64(try)); err == nil || try > 3 {
			_ = u
			return
		}
	}
}

// The statement is what differs.
func (s *server) trapStatements(w http.ResponseWriter, r *http.Request, stmts []string) {
	for _, stmt := range stmts {
		s.db.ExecContext(r.Context(), stmt)
	}
}

// The first that is there ends the loop.
func (s *server) trapFirst(w http.ResponseWriter, r *http.Request) {
	for _, id := range s.idsOf(r) {
		u, err := s.store.User(r.Context(), id) // want `suspected: .*but the loop may end with the first that is found`
		if err == nil {
			w.Write([]byte(u.Name))
			return
		}
	}
}

// It is asked once, and looked up in the loop.
func (s *server) trapBefore(w http.ResponseWriter, r *http.Request) {
	all := s.usersOf(r.Context(), s.idsOf(r))
	for _, u := range all {
		w.Write([]byte(u))
	}
	_ = store.User{}
}
