package sleep

import (
	"time"
	clock "time"
)

func poll(done func() bool) {
	for !done() {
		<-time.After(100 * time.Microsecond) // want `likely: time.After makes a timer in each turn`
	}
}

//lagvet:hot
func hot(d time.Duration) {
	<-clock.After(d) // want `proven: time.After makes a timer in hot code`
}

// A value that is used is more than a wait.
//
//lagvet:hot
func used(d time.Duration) time.Time {
	return <-time.After(d) // want `proven: time.After makes a timer in hot code`
}
