package client

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

// A pause, longer each time, with a random share, and an end.
func (c *Client) wellBehaved(ctx context.Context) (*http.Response, error) {
	pause := 100 * time.Millisecond
	for {
		resp, err := c.http.Get(c.addr)
		if err == nil {
			return resp, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause/2 + rand.N(pause)):
		}
		pause = min(2*pause, 10*time.Second)
	}
}

// The pause is at the begin of each turn but the first.
func (c *Client) pausesFirst() (err error) {
	for attempt := range 5 {
		if attempt > 0 {
			time.Sleep(time.Second + rand.N(time.Second))
		}
		if err = c.db.Ping(); err == nil {
			return nil
		}
	}
	return err
}

// A backoff is any type that waits.
type backoff struct{ cur time.Duration }

func (b *backoff) next(ctx context.Context) bool {
	t := time.NewTimer(b.cur + rand.N(b.cur))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		b.cur *= 2
		return true
	}
}

func (c *Client) withBackoff(ctx context.Context) error {
	b := &backoff{cur: time.Second}
	for {
		err := c.db.PingContext(ctx)
		if err == nil {
			return nil
		}
		if !b.next(ctx) {
			return err
		}
	}
}

// A limiter is known by its name where it is an interface.
type limiter interface {
	Wait(ctx context.Context) error
}

func (c *Client) limited(ctx context.Context, l limiter) error {
	for {
		if err := l.Wait(ctx); err != nil {
			return err
		}
		if err := c.db.PingContext(ctx); err == nil {
			return nil
		}
	}
}

// So is a function that is handed how long to wait.
type clock interface {
	Idle(ctx context.Context, d time.Duration) bool
}

func (c *Client) byClock(ctx context.Context, k clock) {
	for {
		if err := c.db.PingContext(ctx); err == nil {
			return
		}
		if !k.Idle(ctx, time.Second) {
			return
		}
	}
}

// Each turn is another endpoint.
func (c *Client) failOver(endpoints []string) (net.Conn, error) {
	for _, e := range endpoints {
		conn, err := net.Dial("tcp", e)
		if err != nil {
			continue
		}
		return conn, nil
	}
	return nil, errBusy
}

func (c *Client) failOverByIndex(endpoints []string) (conn net.Conn, err error) {
	for i := 0; i < len(endpoints); i++ {
		if conn, err = net.Dial("tcp", endpoints[i]); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// Each turn is another piece of work.
func (c *Client) deliver(jobs <-chan string) {
	for {
		job, ok := <-jobs
		if !ok {
			return
		}
		if _, err := c.http.Get(job); err != nil {
			c.log.Print(err)
			continue
		}
	}
}

type queue struct{ urls []string }

func (q *queue) pop() string {
	u := q.urls[0]
	q.urls = q.urls[1:]
	return u
}

func (c *Client) drain(q *queue) {
	for len(q.urls) > 0 {
		u := q.pop()
		if _, err := c.http.Get(u); err != nil {
			c.log.Print(err)
			continue
		}
	}
}

// The loop ends with the error: pages, not attempts.
func (c *Client) pages(next string) error {
	for next != "" {
		resp, err := c.http.Get(next)
		if err != nil {
			return err
		}
		next = resp.Header.Get("Link")
	}
	return nil
}

// A server accepts, and has a pause of its own for what it may.
func (c *Client) serve(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			var ne net.Error
			if errors.As(err, &ne) && ne.Timeout() {
				continue
			}
			return err
		}
		go io.Copy(io.Discard, conn)
	}
}

// What is read from a connection ends with it.
func (c *Client) read(conn net.Conn, buf []byte) error {
	for {
		n, err := conn.Read(buf)
		if err != nil {
			if errors.Is(err, errBusy) {
				continue
			}
			return err
		}
		buf = buf[:n]
	}
}

// A ticker sets the pace, whether the request fails or not.
func (c *Client) beat() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if resp, err := c.http.Get(c.addr); err != nil {
				c.log.Print(err)
			} else {
				resp.Body.Close()
			}
		case <-c.quit:
			return
		}
	}
}

// Nobody asks what became of it: it is done again for another reason.
func (c *Client) report(n int) {
	for range n {
		_, _ = c.http.Get(c.addr)
	}
}

// It calls what paces itself.
func (c *Client) patient() error {
	_, err := c.fetch("/")
	if err != nil {
		time.Sleep(time.Second)
	}
	return err
}

func (c *Client) untilPatient(ctx context.Context) {
	for ctx.Err() == nil {
		if err := c.patient(); err == nil {
			return
		}
	}
}

// A wait for everything that was started is a pause, too.
func (c *Client) once(ctx context.Context) error {
	resp, err := c.http.Get(c.addr)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// The address moves on with each turn.
type peer struct {
	addr string
	next *peer
}

func (c *Client) tellAll(p *peer) {
	for p != nil {
		if _, err := c.http.Get(p.addr); err != nil {
			c.log.Print(err)
		}
		p = p.next
	}
}

func (c *Client) follow(url string) (*http.Response, error) {
	for {
		resp, err := c.http.Head(url)
		if err != nil && resp == nil {
			return nil, err
		}
		if url = resp.Header.Get("Location"); url == "" {
			return resp, err
		}
	}
}

// Once a day, whether it worked the day before or not.
func (c *Client) collect(body func() io.Reader) {
	ticker := time.Tick(24 * time.Hour)
	go func() {
		for time.Sleep(10 * time.Minute); ; <-ticker {
			if err := c.send(body()); err != nil {
				c.log.Print(err)
			}
		}
	}()
}

func (c *Client) send(body io.Reader) error {
	resp, err := c.http.Post(c.addr, "application/json", body)
	if resp != nil {
		resp.Body.Close()
	}
	return err
}

// relay dials for each datagram of somebody new: what comes in sets the pace.
func (c *Client) relay(in *net.UDPConn, to *net.UDPAddr, conns map[string]*net.UDPConn) error {
	buf := make([]byte, 1500)
	for {
		n, from, err := in.ReadFromUDP(buf)
		if err != nil {
			return err
		}
		out, ok := conns[from.String()]
		if !ok {
			out, err = net.DialUDP("udp", nil, to)
			if err != nil {
				c.log.Print(err)
				continue
			}
			conns[from.String()] = out
		}
		if _, err := out.Write(buf[:n]); err != nil {
			return err
		}
	}
}
