// Package signup calls through the interfaces of package mailer, and its own.
package signup

import (
	"context"
	"database/sql"
	"net/http"

	"example.com/shop/ifaces/mailer"
)

type handler struct {
	mail  mailer.Sender
	ping  mailer.Pinger
	users users
	db    querier
}

func (h *handler) welcome(ctx context.Context, to string) error {
	return h.mail.Send(to) // want `^likely: \(\*mailer\.HTTP\)\.Send ends in http\.Get and ignores`
}

// The one implementation in this package.
type users interface{ find(id int) error }

type remoteUsers struct{ url string }

func (u remoteUsers) find(id int) error {
	_, err := http.Get(u.url)
	return err
}

func (h *handler) find(w http.ResponseWriter, r *http.Request) {
	h.users.find(42) // want `^likely: remoteUsers\.find ends in http\.Get and ignores`
}

// What database/sql has, behind an interface.
type querier interface {
	Query(query string, args ...any) (*sql.Rows, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (h *handler) rows(ctx context.Context) error {
	rows, err := h.db.Query("SELECT 1") // want `^proven: querier\.Query ignores .* waiting for the database$`
	if err != nil {
		return err
	}
	return rows.Close()
}

// An interface of this module can be given one.
type writer interface {
	Exec() (sql.Result, error)
}

func (h *handler) write(ctx context.Context, w writer) error {
	_, err := w.Exec() // want `^proven: writer\.Exec ignores .* waiting for the database$`
	return err
}
