// Package direct starts I/O where a context is in scope and does not pass it on.
package direct

import (
	"context"
	"crypto/tls"
	"database/sql"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"time"
)

type shop struct {
	db     *sql.DB
	client *http.Client
}

func (s *shop) price(ctx context.Context, u string) error {
	resp, err := http.Get(u) // want `^proven: http\.Get ignores the context in scope: when the caller gives up or its time is over, this goroutine goes on waiting for the server$`
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func (s *shop) send(ctx context.Context, u string) {
	http.Head(u)                                             // want `^proven: http\.Head ignores`
	http.Post(u, "text/plain", strings.NewReader("x"))       // want `^proven: http\.Post ignores`
	http.PostForm(u, url.Values{})                           // want `^proven: http\.PostForm ignores`
	s.client.Get(u)                                          // want `^proven: \(\*http\.Client\)\.Get ignores`
	s.client.Head(u)                                         // want `^proven: \(\*http\.Client\)\.Head ignores`
	s.client.Post(u, "text/plain", strings.NewReader("x"))   // want `^proven: \(\*http\.Client\)\.Post ignores`
	http.DefaultClient.PostForm(u, url.Values{"id": {"42"}}) // want `^proven: \(\*http\.Client\)\.PostForm ignores`
}

func (s *shop) handle(w http.ResponseWriter, r *http.Request) {
	rows, err := s.db.Query("SELECT name FROM goods WHERE id = ?", r.FormValue("id")) // want `^proven: \(\*sql\.DB\)\.Query ignores .* waiting for the database$`
	if err != nil {
		return
	}
	defer rows.Close()
}

func (s *shop) stock(ctx context.Context, id int) (n int, err error) {
	if err := s.db.Ping(); err != nil { // want `^proven: \(\*sql\.DB\)\.Ping ignores`
		return 0, err
	}
	stmt, err := s.db.Prepare("SELECT n FROM stock WHERE id = ?") // want `^proven: \(\*sql\.DB\)\.Prepare ignores`
	if err != nil {
		return 0, err
	}
	defer stmt.Close()
	err = stmt.QueryRow(id).Scan(&n) // want `^proven: \(\*sql\.Stmt\)\.QueryRow ignores`
	if err == nil {
		_, err = stmt.Query() // want `^proven: \(\*sql\.Stmt\)\.Query ignores`
	}
	if err == nil {
		_, err = stmt.Exec(id, n) // want `^proven: \(\*sql\.Stmt\)\.Exec ignores`
	}
	return n, err
}

func (s *shop) order(ctx context.Context, id int) error {
	tx, err := s.db.Begin() // want `^proven: \(\*sql\.DB\)\.Begin ignores`
	if err != nil {
		return err
	}
	defer tx.Rollback() // Rollback and Commit have no form that takes a context
	// That the transaction ends with ctx does not interrupt a statement in flight.
	if _, err := tx.Exec("UPDATE stock SET n = n - 1 WHERE id = ?", id); err != nil { // want `^proven: \(\*sql\.Tx\)\.Exec ignores`
		return err
	}
	if err := tx.QueryRow("SELECT 1").Scan(&id); err != nil { // want `^proven: \(\*sql\.Tx\)\.QueryRow ignores`
		return err
	}
	if _, err := tx.Query("SELECT 1"); err != nil { // want `^proven: \(\*sql\.Tx\)\.Query ignores`
		return err
	}
	if _, err := tx.Prepare("SELECT 1"); err != nil { // want `^proven: \(\*sql\.Tx\)\.Prepare ignores`
		return err
	}
	if _, err := s.db.Exec("DELETE FROM basket"); err != nil { // want `^proven: \(\*sql\.DB\)\.Exec ignores`
		return err
	}
	if err := s.db.QueryRow("SELECT 1").Scan(&id); err != nil { // want `^proven: \(\*sql\.DB\)\.QueryRow ignores`
		return err
	}
	return tx.Commit()
}

func (s *shop) connect(ctx context.Context, addr string, timeout time.Duration) {
	net.Dial("tcp", addr)                   // want `^proven: net\.Dial ignores .* waiting for the network$`
	(&net.Dialer{}).Dial("tcp", addr)       // want `^proven: \(\*net\.Dialer\)\.Dial ignores`
	tls.Dial("tcp", addr, nil)              // want `^proven: tls\.Dial ignores`
	(&tls.Dialer{}).Dial("tcp", addr)       // want `^proven: \(\*tls\.Dialer\)\.Dial ignores`
	net.DialTCP("tcp", nil, &net.TCPAddr{}) // want `^proven: net\.DialTCP ignores`
}

func resolve(ctx context.Context, host string) {
	net.LookupHost(host)               // want `^proven: net\.LookupHost ignores .* waiting for the name server$`
	net.LookupIP(host)                 // want `^proven: net\.LookupIP ignores`
	net.LookupAddr(host)               // want `^proven: net\.LookupAddr ignores`
	net.LookupCNAME(host)              // want `^proven: net\.LookupCNAME ignores`
	net.LookupMX(host)                 // want `^proven: net\.LookupMX ignores`
	net.LookupNS(host)                 // want `^proven: net\.LookupNS ignores`
	net.LookupTXT(host)                // want `^proven: net\.LookupTXT ignores`
	net.LookupSRV("imap", "tcp", host) // want `^proven: net\.LookupSRV ignores`
}

// A handler's dial with a timeout of its own still outlives the request.
func proxy(w http.ResponseWriter, r *http.Request) {
	conn, err := net.DialTimeout("tcp", r.Host, 10*time.Second) // want `^proven: net\.DialTimeout ignores`
	if err != nil {
		return
	}
	conn.Close()
}

func convert(ctx context.Context, in string) ([]byte, error) {
	return exec.Command("convert", in, "png:-").Output() // want `^proven: exec\.Command ignores .* waiting for the process ← \(\*exec\.Cmd\)\.Output waits for the process$`
}

func fetch(ctx context.Context, c *http.Client, u string) (*http.Response, error) {
	req, err := http.NewRequest("GET", u, nil) // want `^proven: http\.NewRequest ignores .* ← \(\*http\.Client\)\.Do waits for the server$`
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	return c.Do(req)
}
