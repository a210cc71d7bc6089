package library

import (
	"sync"
	"time"
)

// One goroutine for the process, from an init function.
func init() { go clock() }

func clock() {
	for range time.Tick(time.Second) {
	}
}

// One for the process, by a Once of the package.
var once sync.Once

func lazily() {
	once.Do(func() {
		go func() {
			for range time.Tick(time.Second) {
			}
		}()
	})
}

// One for the process, by an initialiser of the package.
var started = func() bool {
	go clock()
	return true
}()

var _ = lazily

// The same without a literal.
func lazier() { once.Do(goClock) }

func goClock() {
	go func() {
		for range time.Tick(time.Second) {
		}
	}()
}

var _ = lazier

// One ticker for all meters, whoever starts the goroutine that waits for it.
type arbiter struct {
	started bool
	ticker  *time.Ticker
}

var shared = arbiter{ticker: time.NewTicker(time.Second)}

func (a *arbiter) tick() {
	for {
		select {
		case <-a.ticker.C:
		}
	}
}

type Meter struct{}

func NewMeter() *Meter {
	if !shared.started {
		shared.started = true
		go shared.tick()
	}
	return new(Meter)
}

func (*Meter) Stop() {}
