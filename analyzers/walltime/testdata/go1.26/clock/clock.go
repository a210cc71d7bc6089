// Package clock reads the clock for others.
package clock

import "time"

// UTCNow is what a server shows.
func UTCNow() time.Time { return time.Now().UTC() }

// Nanos is a number.
func Nanos() int64 { return time.Now().UnixNano() }

// Now is intact.
func Now() time.Time { return time.Now() }
