package claims

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

func connectionClaims() []Claim {
	return []Claim{{
		ID:        "connections.decay",
		Technique: "connections that a pool keeps, computed beforehand",
		Says:      "of N connections N · hit · idle / (idle + fin_wait) stay usable (hit: share of requests that found one; idle: IdleConnTimeout; fin_wait: what closing takes). It holds if what is counted is within a quarter of that",
		Holds: []Condition{
			{Arm: steady, Unit: "counted/computed", Claimed: 1, Min: 0.8, Max: 1.25},
			{Arm: uneven, Unit: "counted/computed", Claimed: 1, Min: 0.8, Max: 1.25},
		},
		Why:    "connections that idle too long are closed, and the next burst dials anew: handshakes make the tail. The formula takes requests to be even: with bursts a connection is usable until it times out, whether or not the next burst is in time",
		Do:     "make IdleConnTimeout longer than the gaps between bursts and shorter than the server's, MaxIdleConnsPerHost as large as a burst, and count dials (httptrace); lagvet's rule httppool finds pools that are too small",
		Effect: poolIdle / 8,
		bench:  benchConnections,
	}}
}

const (
	steady   = "a burst each half of the time-out"
	uneven   = "gaps of half and of one and a half of the time-out"
	poolSize = 16
	poolIdle = 40 * time.Millisecond // IdleConnTimeout: long against a stall, short against a round
)

func benchConnections(ctx context.Context, r *run) error {
	r.note("bursts of %d requests over loopback, IdleConnTimeout %v; closing takes what it was seen to take", poolSize, poolIdle)
	return r.interleave(ctx,
		decayArm(steady, poolIdle/2, poolIdle/2),
		decayArm(uneven, poolIdle/2, poolIdle*3/2),
	)
}

// decayArm sends bursts with these gaps between them, in turn.
func decayArm(name string, gaps ...time.Duration) arm {
	return arm{name, func(ctx context.Context, d time.Duration) (sample, error) {
		p := newPool()
		defer p.close()
		if err := p.burst(ctx); err != nil { // the first one dials, and is not counted
			return sample{}, err
		}
		p.begin()
		var cycle time.Duration
		for _, g := range gaps {
			cycle += g
		}
		for range max(int(d/cycle), 1) {
			for _, g := range gaps {
				time.Sleep(g)
				if err := p.burst(ctx); err != nil {
					return sample{}, err
				}
			}
		}
		return p.sample()
	}}
}

// A pool is a client that keeps connections, with its server.
type pool struct {
	poolCounts
	server *httptest.Server
	client *http.Client
}

func newPool() *pool {
	p := &pool{poolCounts: poolCounts{closing: make(map[string]time.Time)}}
	p.server = httptest.NewUnstartedServer(newBarrier(poolSize))
	p.server.Config.ConnState = func(c net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			p.finished(c.RemoteAddr().String())
		}
	}
	p.server.Start()
	dialer := net.Dialer{}
	p.client = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		MaxIdleConnsPerHost: poolSize, IdleConnTimeout: poolIdle,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			p.opened()
			return &countedConn{Conn: c, counts: &p.poolCounts}, nil
		},
	}}
	return p
}

func (p *pool) close() {
	p.client.CloseIdleConnections()
	p.server.Close()
}

// burst sends as many requests at once as there are connections to keep.
func (p *pool) burst(ctx context.Context) error {
	trace := &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { p.got(i.Reused) }}
	ctx = httptrace.WithClientTrace(ctx, trace)
	faults := make([]error, poolSize)
	var all sync.WaitGroup
	for i := range faults {
		all.Go(func() { faults[i] = p.ask(ctx) })
	}
	all.Wait()
	return errors.Join(faults...)
}

func (p *pool) ask(ctx context.Context) error {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, p.server.URL, nil)
	if err != nil {
		return fmt.Errorf("making a request: %w", err)
	}
	a, err := p.client.Do(q)
	if err != nil {
		return fmt.Errorf("asking: %w", err)
	}
	_, err = io.Copy(io.Discard, a.Body)
	return errors.Join(err, a.Body.Close())
}

// A barrier answers requests when a whole burst of them is there, so that each one takes
// a connection of its own.
type barrier struct {
	size    int64
	arrived atomic.Int64
	release chan struct{}
}

func newBarrier(size int64) *barrier { return &barrier{size: size, release: make(chan struct{})} }

func (b *barrier) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	if b.arrived.Add(1)%b.size != 0 {
		select {
		case <-b.release:
		case <-r.Context().Done():
		}
		return
	}
	for range b.size - 1 {
		select {
		case b.release <- struct{}{}:
		case <-r.Context().Done():
			return
		}
	}
}

// A countedConn tells when it is closed.
type countedConn struct {
	net.Conn
	counts *poolCounts
	once   sync.Once
	err    error
}

// Close closes it, and counts it once.
func (c *countedConn) Close() error {
	c.once.Do(func() {
		c.counts.closed(c.LocalAddr().String())
		c.err = c.Conn.Close()
	})
	return c.err
}

// poolCounts are what is seen of a pool from both ends.
type poolCounts struct {
	mu            sync.Mutex // guards all that follows
	open          int        // connections of the client
	began, since  time.Time  // of the counting; when open was changed
	held          float64    // seconds that connections were open, all together
	asked, reused int64
	closing       map[string]time.Time // closed by the client, and not yet by the server; by the client's address
	finWait       time.Duration        // all together
	ended         int64
}

// begin forgets what was counted; connections stay.
func (p *poolCounts) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.began, p.held, p.asked, p.reused = time.Now(), 0, 0, 0
	p.since = p.began
}

// change counts connections more, or fewer. The lock is held.
func (p *poolCounts) change(by int) {
	now := time.Now()
	p.held += float64(p.open) * now.Sub(p.since).Seconds()
	p.since = now
	p.open += by
}

func (p *poolCounts) opened() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.change(1)
}

func (p *poolCounts) closed(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.change(-1)
	p.closing[addr] = time.Now()
}

func (p *poolCounts) finished(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if start, ok := p.closing[addr]; ok {
		delete(p.closing, addr)
		p.finWait += time.Since(start)
		p.ended++
	}
}

func (p *poolCounts) got(reused bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if reused {
		p.reused++
	}
}

// sample compares what was counted with what the formula says. What it computes counts
// as one connection at least, to divide by.
func (p *poolCounts) sample() (sample, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.change(0)
	if p.asked == 0 {
		return sample{}, errors.New("no request was sent")
	}
	counted := p.held / p.since.Sub(p.began).Seconds()
	hit := float64(p.reused) / float64(p.asked)
	finWait := p.finWait / time.Duration(max(p.ended, 1))
	computed := decay(poolSize, hit, poolIdle, finWait)
	return sample{p.asked, []reading{
		{"counted/computed", counted / max(computed, 1)},
		{"counted", counted}, {"computed", computed}, {"hit-%", 100 * hit}, {"fin-wait-ns", nanoseconds(finWait)},
	}}, nil
}

// decay is the formula: of n connections so many stay usable.
func decay(n, hit float64, idle, finWait time.Duration) float64 {
	return n * hit * idle.Seconds() / (idle + finWait).Seconds()
}
