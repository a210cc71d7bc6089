// Package old is built with a Go that has neither http.NewRequestWithContext nor tls.Dialer.
package old

import (
	"context"
	"database/sql"
	"net"
	"net/http"
	"os/exec"
)

func fetch(ctx context.Context, c *http.Client, u string) error {
	req, err := http.NewRequest("GET", u, nil) // want `^proven: http\.NewRequest ignores the context in scope`
	if err != nil {
		return err
	}
	if _, err = c.Do(req); err == nil {
		_, err = c.Get(u) // want `^proven: \(\*http\.Client\)\.Get ignores`
	}
	return err
}

func old(ctx context.Context, db *sql.DB, host string) {
	exec.Command("true").Run() // want `^proven: exec\.Command ignores`
	db.Ping()                  // want `^proven: \(\*sql\.DB\)\.Ping ignores`
	net.LookupHost(host)       // want `^proven: net\.LookupHost ignores`
	net.LookupIP(host)         // want `^proven: net\.LookupIP ignores`
}
