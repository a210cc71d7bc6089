package system

import "time"

// costOfNow measures what time.Now costs: the fastest of some batches, for whatever
// interrupts one makes it slower. It takes 0.1 ms with a clock that is read in user
// space, and some 2 ms with one that is a device.
func costOfNow() time.Duration {
	const batches, calls = 10, 200
	fastest := time.Duration(1<<63 - 1)
	for range batches {
		begin := time.Now()
		for range calls {
			_ = time.Now()
		}
		fastest = min(fastest, time.Since(begin))
	}
	return max(fastest/calls, 1)
}
