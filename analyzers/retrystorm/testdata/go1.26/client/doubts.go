package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// keep is what keeps up a connection as long as the process runs.
func (c *Client) keep(use func(net.Conn)) {
	for {
		conn, err := net.Dial("tcp", c.addr) // want `^suspected: net.Dial is repeated for as long as it fails, and nothing ends that`
		if err != nil {
			time.Sleep(time.Second)
			continue
		}
		use(conn)
	}
}

// twice gives a stale connection a second chance.
func (c *Client) twice(ctx context.Context) (err error) {
	for range 2 {
		if err = c.db.PingContext(ctx); err == nil { // want `^suspected: \(\*sql.DB\).PingContext is repeated at once after some errors`
			return nil
		}
	}
	return err
}

// conflicts repeats what has lost a race.
func (c *Client) conflicts(ctx context.Context) error {
	for {
		_, err := c.db.ExecContext(ctx, "UPDATE t SET n = n + 1") // want `^suspected: \(\*sql.DB\).ExecContext is repeated at once after some errors`
		if errors.Is(err, errBusy) {
			continue
		}
		return err
	}
}

// races repeats what has lost a race, and nothing else.
func (c *Client) races(ctx context.Context) error {
	for range 10 {
		_, err := c.db.ExecContext(ctx, "UPDATE t SET n = n + 1") // want `^suspected: \(\*sql.DB\).ExecContext is repeated at once after some errors`
		switch err {
		case errBusy:
			continue
		default:
			return err
		}
	}
	return errBusy
}

// inStep has pauses that are the same in every process.
func (c *Client) inStep(ctx context.Context) (err error) {
	pause := 50 * time.Millisecond
	for range 5 {
		if err = c.db.PingContext(ctx); err == nil { // want `^suspected: \(\*sql.DB\).PingContext is repeated after the same pause in every process`
			return nil
		}
		time.Sleep(pause)
		pause *= 2
	}
	return err
}

// longPoll may wait in the request.
func (c *Client) longPoll(use func(*http.Response)) {
	for {
		resp, err := c.http.Get(c.addr) // want `^suspected: \(\*http.Client\).Get is repeated at once whether it fails or not`
		if err != nil {
			c.log.Print(err)
			continue
		}
		use(resp)
	}
}

// No request waits for what it starts.
func (c *Client) startUp(w http.ResponseWriter, r *http.Request) {
	go c.announce()
	c.start(func() {
		for {
			if err := c.db.Ping(); err == nil { // want `^suspected: \(\*sql.DB\).Ping is repeated for as long as it fails, and nothing ends that`
				return
			}
			time.Sleep(time.Second)
		}
	})
}

func (c *Client) start(f func()) {
	go func() { f() }()
}

func (c *Client) announce() {
	for {
		resp, err := c.http.Get(c.addr) // want `^suspected: \(\*http.Client\).Get is repeated for as long as it fails, and nothing ends that`
		if err == nil {
			resp.Body.Close()
			return
		}
		time.Sleep(time.Second)
	}
}
