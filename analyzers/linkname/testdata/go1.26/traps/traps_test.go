package traps

import "testing"

//go:linkname schedule runtime.schedule
func schedule()

func TestSchedule(t *testing.T) {
	if now().IsZero() {
		schedule()
	}
}
