package library

import (
	"sync"
	"time"
)

// Whoever calls this may do so once, for the process.
func StartReporting(d time.Duration) {
	go func() {
		for range time.Tick(d) { // want `suspected: this ticker fires for ever.*nothing stops it`
		}
	}()
}

// One for each registry, of which there may be one.
type registry struct {
	start sync.Once
}

func (r *registry) get() {
	r.start.Do(func() { go r.clean() })
}

func (r *registry) clean() {
	for range time.NewTicker(time.Minute).C { // want `suspected: this ticker fires for ever.*nothing stops it`
	}
}
