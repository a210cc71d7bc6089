//go:build !linux

package bench

import "time"

// spin is how long before a call is due sleeping ends: timers are not exact to less than
// milliseconds everywhere.
const spin = 2 * time.Millisecond

func sleep(d time.Duration) { time.Sleep(d) }
