// Package drift works at intervals.
package drift

import "time"

type cache struct {
	items map[string]time.Time
	every time.Duration
	stop  chan struct{}
}

func (c *cache) expire() {}

func (c *cache) janitor() {
	for {
		c.expire()
		time.Sleep(time.Minute) // want `suspected: this loop comes round after the sleep of 1m0s and whatever its own work took`
	}
}

func (c *cache) first() {
	go func() {
		for {
			time.Sleep(c.every) // want `suspected: this loop comes round after the sleep and whatever`
			c.expire()
		}
	}()
}

// It ends, and so it waits for something, or tries again.
func (c *cache) until(done func() bool) {
	for {
		c.expire()
		if done() {
			return
		}
		time.Sleep(c.every)
	}
}

// A ticker does not drift.
func (c *cache) ticker() {
	t := time.NewTicker(c.every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			c.expire()
		case <-c.stop:
			return
		}
	}
}

// Nothing is done between.
func idle() {
	for {
		time.Sleep(time.Hour)
	}
}
