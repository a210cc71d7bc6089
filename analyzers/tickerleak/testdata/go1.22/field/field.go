package field

import "time"

type poller struct {
	ticker *time.Ticker
	done   chan struct{}
}

func newPoller() *poller {
	return &poller{
		ticker: time.NewTicker(time.Second), // want `likely: ticker is kept in ticker, and nothing stops it.* ← ends the owner and does not stop the ticker`
		done:   make(chan struct{}),
	}
}

func (p *poller) run() {
	for {
		select {
		case <-p.ticker.C:
		case <-p.done:
			return
		}
	}
}

func (p *poller) Close() { close(p.done) }

type ticks struct {
	c    <-chan time.Time
	done chan struct{}
}

func (t *ticks) start() {
	t.c = time.Tick(time.Second) // want `likely: ticker is kept in c, and nothing stops it`
}

func (t *ticks) wait() {
	select {
	case <-t.c:
	case <-t.done:
	}
}

func (t *ticks) stop() { close(t.done) }

// Nothing ends it: it may live as long as the process.
type meter struct{ ticker *time.Ticker }

func newMeter() *meter {
	t := time.NewTicker(time.Second) // want `suspected: ticker is kept in ticker, and nothing stops it`
	return &meter{t}
}

// The field is overwritten through a helper.
func (p *poller) reset(t *time.Ticker) { p.ticker = t }

func (p *poller) slower() {
	p.reset(time.NewTicker(time.Minute)) // want `likely: ticker is kept in ticker, and nothing stops it`
}

// Each change leaves the former firing: Close stops the last.
type changing struct {
	ticker *time.Ticker
	change chan time.Duration
}

func (c *changing) run() {
	for d := range c.change {
		c.ticker = time.NewTicker(d) // want `proven: ticker is replaced by another without Stop`
	}
}

func (c *changing) Close() { c.ticker.Stop() }

// It is not the maker's end that counts but that of what has the ticker.
type pool struct{}

type job struct{ ticker *time.Ticker }

func (p *pool) job() *job {
	return &job{ticker: time.NewTicker(time.Second)} // want `suspected: ticker is kept in ticker, and nothing stops it`
}

func (p *pool) Close() {}

// The same by way of a variable.
type indirect struct{ ticker *time.Ticker }

func (c *indirect) run(changes <-chan time.Duration) {
	for d := range changes {
		t := time.NewTicker(d) // want `proven: ticker is replaced by another without Stop`
		c.ticker = t
	}
}

func (c *indirect) Close() { c.ticker.Stop() }
