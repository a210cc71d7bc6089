// Package client keeps connections to other processes.
package client

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os/exec"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
)

type Client struct {
	addr   string
	log    *log.Logger
	http   *http.Client
	db     *sql.DB
	closed atomic.Bool
	max    int
	quit   chan struct{}
}

// connect has neither a pause nor an end.
func (c *Client) connect() net.Conn {
	for {
		conn, err := net.Dial("tcp", c.addr) // want `^likely: net.Dial is repeated at once and for ever while it fails: .* ← this loop makes it again$`
		if err != nil {
			c.log.Print(err)
			continue
		}
		return conn
	}
}

// connectAgain has the same loop in other words.
func (c *Client) connectAgain() net.Conn {
	var d net.Dialer
again:
	for {
		conn, err := d.Dial("tcp", c.addr) // want `^likely: \(\*net.Dialer\).Dial is repeated at once and for ever`
		switch {
		case err == nil:
			return conn
		default:
			continue again
		}
	}
}

// fetch is called in the loop, and the request is made inside.
func (c *Client) fetch(path string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, c.addr+path, nil)
	if err != nil {
		return nil, err
	}
	return c.http.Do(req)
}

// poll asks again at once until the process ends.
func (c *Client) poll(use func(*http.Response)) {
	for {
		resp, err := c.fetch("/next") // want `^likely: \(\*Client\).fetch is repeated at once and for ever .* ← calls \(\*Client\).fetch ← \(\*http.Client\).Do makes the HTTP request$`
		if err != nil {
			continue
		}
		use(resp)
		time.Sleep(time.Second)
	}
}

// ping ends with the client, and until then takes a CPU.
func (c *Client) ping() {
	for !c.closed.Load() {
		if err := c.db.Ping(); err == nil { // want `^likely: \(\*sql.DB\).Ping is repeated at once while it fails`
			return
		}
	}
}

// select with a default does not wait.
func (c *Client) greet(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		resp, err := c.http.Get(c.addr) // want `^likely: \(\*http.Client\).Get is repeated at once while it fails`
		if err != nil {
			c.log.Print(err)
			continue
		}
		return resp.Body.Close()
	}
}

// insert is tried ten times, all of them within a millisecond.
func (c *Client) insert(ctx context.Context, id string) (err error) {
	for attempt := 0; attempt < 10; attempt++ {
		if _, err = c.db.ExecContext(ctx, "INSERT INTO t VALUES (?)", id); err == nil { // want `^likely: \(\*sql.DB\).ExecContext is repeated at once while it fails`
			return nil
		}
	}
	return fmt.Errorf("inserting %s: %w", id, err)
}

// insertSome is tried as often as the configuration says.
func (c *Client) insertSome(ctx context.Context, id string) (err error) {
	for range c.max {
		_, err = c.db.ExecContext(ctx, "INSERT INTO t VALUES (?)", id) // want `^likely: \(\*sql.DB\).ExecContext is repeated at once while it fails`
		if err == nil {
			break
		}
	}
	return err
}

// run starts a command over and over.
func (c *Client) run(dir string) {
	for {
		cmd := exec.Command("sync", dir)
		if err := cmd.Run(); err != nil { // want `^likely: \(\*exec.Cmd\).Run is repeated at once and for ever`
			c.log.Printf("syncing %s: %v", dir, err)
			continue
		}
		return
	}
}

// A UsersClient is as the generator makes it.
type UsersClient interface {
	Get(ctx context.Context, id string, opts ...grpc.CallOption) (string, error)
}

// user does not end with its context, although it pauses.
func user(ctx context.Context, users UsersClient, id string) string {
	for {
		name, err := users.Get(ctx, id) // want `^likely: \(UsersClient\).Get is repeated for as long as it fails, though ctx may be done`
		if err == nil {
			return name
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// ServeHTTP waits on behalf of the request.
func (c *Client) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	resp := c.wait()
	defer resp.Body.Close()
	w.WriteHeader(resp.StatusCode)
}

func (c *Client) wait() *http.Response {
	for {
		resp, err := c.http.Get(c.addr) // want `^likely: \(\*http.Client\).Get is repeated for as long as it fails, on behalf of a request \(HTTP handler\)`
		if err == nil {
			return resp
		}
		time.Sleep(time.Second)
	}
}

// post makes the request anew each time, which is no other request.
func (c *Client) post(body []byte) {
	for {
		req, err := http.NewRequest(http.MethodPost, c.addr, bytes.NewReader(body))
		if err != nil {
			return
		}
		resp, err := c.http.Do(req) // want `^likely: \(\*http.Client\).Do is repeated at once and for ever`
		if err != nil {
			err = fmt.Errorf("posting: %w", err)
			c.log.Print(err)
			continue
		}
		resp.Body.Close()
		return
	}
}

// A dial function in a field, as options set it.
type Option func(*Pool)

type Pool struct {
	dial func(network, addr string) (net.Conn, error)
}

func WithDialer(dial func(network, addr string) (net.Conn, error)) Option {
	return func(p *Pool) { p.dial = dial }
}

func (p *Pool) get(addr string) net.Conn {
	for {
		conn, err := p.dial("tcp", addr) // want `^likely: p.dial is repeated at once and for ever`
		if err != nil {
			continue
		}
		return conn
	}
}

// retry is generic, and the goroutine a closure.
func first[T any](c *Client, decode func(*http.Response) T) <-chan T {
	out := make(chan T, 1)
	go func() {
		for {
			if resp, err := c.http.Get(c.addr); err == nil { // want `^likely: \(\*http.Client\).Get is repeated at once and for ever`
				out <- decode(resp)
				return
			}
		}
	}()
	return out
}

var errBusy = errors.New("busy")
