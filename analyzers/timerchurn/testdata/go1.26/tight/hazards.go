// Package tight polls.
package tight

import (
	"time"

	"example.com/app/wait"
)

const pause = 200 * time.Microsecond

type poller struct {
	stop  chan struct{}
	ready chan struct{}
	poll  func() bool
}

// Its own period is below a millisecond.
func (p *poller) run() {
	for {
		select {
		case <-p.stop:
			return
		case <-time.After(pause): // want `likely: time.After makes a timer in each turn of a loop that comes round every 200µs: three allocations`
			p.poll()
		}
	}
}

func (p *poller) wait() {
	for !p.poll() {
		<-time.After(50 * time.Microsecond) // want `likely: time.After makes a timer in each turn of a loop that comes round every 50µs`
	}
}

// Another clock sets the pace.
func (p *poller) ticked() {
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	for range tick.C {
		select {
		case <-p.ready:
		case <-time.After(time.Second): // want `likely: time.After makes a timer in each turn of a loop that comes round every 500µs`
			return
		}
	}
}

func (p *poller) slept() {
	for {
		t := time.NewTimer(time.Second) // want `likely: time.NewTimer makes a timer in each turn of a loop that comes round every 100µs`
		select {
		case <-p.ready:
		case <-t.C:
			return
		}
		t.Stop()
		time.Sleep(100 * time.Microsecond)
	}
}

// By helpers.
func (p *poller) helped() {
	for !p.poll() {
		rest(pause) // want `likely: rest makes a timer in each turn of a loop that comes round every 200µs|likely: rest makes a timer in each call, by time.After, in each turn of a loop that comes round every 200µs`
	}
}

func rest(d time.Duration) { <-time.After(d) }

func (p *poller) far() {
	for {
		if wait.For(p.ready, time.Second) { // want `likely: wait.For makes a timer in each call, by time.After, in each turn of a loop that comes round every 200µs`
			return
		}
		time.Sleep(pause)
	}
}
