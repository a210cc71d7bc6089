//go:build !linux

package load

import "time"

// A sleeper waits until calls are due.
type sleeper struct{}

func newSleeper() sleeper { return sleeper{} }

func (sleeper) close() {}

// sleep waits for d.
func (sleeper) sleep(d time.Duration) { time.Sleep(d) }
