package system

import "time"

// enough bounds how long the cost of time.Now is measured, where it costs much.
const enough = 300 * time.Microsecond

// costOfNow measures what time.Now costs: the fastest of some batches, for whatever
// interrupts one makes it slower.
func costOfNow() time.Duration {
	const batches, calls = 10, 200
	fastest := time.Duration(1<<63 - 1)
	start := time.Now()
	for range batches {
		begin := time.Now()
		for range calls {
			_ = time.Now()
		}
		fastest = min(fastest, time.Since(begin))
		if time.Since(start) > enough {
			break
		}
	}
	return max(fastest/calls, 1)
}
