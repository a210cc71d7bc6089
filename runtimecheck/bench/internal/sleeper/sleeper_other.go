//go:build !linux

package sleeper

import "time"

// Late is by how much Sleep may commonly return too late: timers are not exact to less than
// milliseconds everywhere.
const Late = 2 * time.Millisecond

// A Sleeper sleeps.
type Sleeper struct{}

// New returns one.
func New() Sleeper { return Sleeper{} }

// Close has nothing to give back.
func (Sleeper) Close() {}

// Sleep waits for d.
func (Sleeper) Sleep(d time.Duration) { time.Sleep(d) }
