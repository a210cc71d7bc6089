// Package handlers serves requests.
package handlers

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/jmoiron/sqlx"

	"example.com/shop/store"
)

type server struct {
	db    *sql.DB
	xdb   *sqlx.DB
	store *store.Store
	users users
}

type users interface {
	user(id string) (string, error)
}

type table struct{ db *sql.DB }

func (t *table) user(id string) (name string, err error) {
	err = t.db.QueryRow("SELECT name FROM users WHERE id = $1", id).Scan(&name)
	return name, err
}

// A query for each row of another.
func (s *server) orders(w http.ResponseWriter, r *http.Request) {
	rows, err := s.db.QueryContext(r.Context(), "SELECT id, customer FROM orders")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	byID := make(map[int64]string)
	for rows.Next() {
		var id, customer int64
		if err := rows.Scan(&id, &customer); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		var name string
		err := s.db.QueryRowContext(r.Context(), "SELECT name FROM customers WHERE id = $1", customer).Scan(&name) // want `likely: \(\*sql.DB\).QueryRowContext asks the database once for each row.*HTTP handler`
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		byID[id] = name
	}
	json.NewEncoder(w).Encode(byID)
}

// One for each element of what is asked for, in another package.
func (s *server) byIDs(w http.ResponseWriter, r *http.Request) {
	var ids []int64
	if err := json.NewDecoder(r.Body).Decode(&ids); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var us []*store.User
	for _, id := range ids {
		u, err := s.store.User(r.Context(), id) // want `likely: \(\*store.Store\).User ends in a query, which asks the database once for each element of ids.* ← .*QueryRowContext asks the database`
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		us = append(us, u)
	}
	json.NewEncoder(w).Encode(us)
}

// By an interface of which there is one implementation.
func (s *server) names(w http.ResponseWriter, r *http.Request) {
	ids := strings.Split(r.URL.Query().Get("ids"), ",")
	for i := 0; i < len(ids); i++ {
		name, err := s.users.user(ids[i]) // want `likely: \(users\).user ends in a query, which asks the database once for each element of ids`
		if err != nil {
			return
		}
		w.Write([]byte(name))
	}
}

// With sqlx, further down.
func (s *server) prices(w http.ResponseWriter, r *http.Request) {
	items, err := s.items(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	total := 0
	for _, it := range items {
		total += s.price(r, it) // want `likely: \(\*server\).price ends in a query, which asks the database once for each element of items`
	}
	json.NewEncoder(w).Encode(total)
}

func (s *server) items(r *http.Request) (items []string, err error) {
	err = s.xdb.SelectContext(r.Context(), &items, "SELECT name FROM items")
	return items, err
}

func (s *server) price(r *http.Request, item string) (p int) {
	if err := s.xdb.GetContext(r.Context(), &p, "SELECT price FROM prices WHERE item = $1", item); err != nil {
		return 0
	}
	return p
}

// A cache may have it.
func (s *server) cached(w http.ResponseWriter, r *http.Request) {
	for _, id := range s.idsOf(r) {
		u, err := s.store.Cached(r.Context(), id) // want `suspected: .*but not each call comes to the query`
		if err != nil {
			return
		}
		w.Write([]byte(u.Name))
	}
}

func (s *server) idsOf(r *http.Request) (ids []int64) {
	json.NewDecoder(r.Body).Decode(&ids)
	return ids
}

// Writes may be meant to stand alone.
func (s *server) seen(w http.ResponseWriter, r *http.Request) {
	for _, id := range s.idsOf(r) {
		s.store.Seen(r.Context(), id) // want `suspected: .*but it changes something`
	}
}
