// Package sleeppoll finds goroutines that wait by sleeping and asking again, or by spinning.
//
// # What
//
//   - a loop that does nothing but to look at the memory of its own process and to
//     sleep, until another function of the package has changed what it looks at;
//   - a select with a default that sleeps, in a loop with nothing else in it;
//   - a loop that spins: there is a way round it on which nothing is done and nothing
//     waited for. A select with an empty default, a flag or an atomic value asked for
//     over and over, with or without runtime.Gosched, a lock made of a
//     compare-and-swap;
//   - a continue that leaves out the sleep by which the loop is paced;
//   - a continue, or a loop, that changes nothing of what it goes by, and so comes
//     round for ever;
//   - periodic work by Sleep in a loop without end, for the audit only.
//
// For instance:
//
//	func (t *table) makeRoom() {
//		for t.numParts() >= max {          // flush takes parts away
//			time.Sleep(10 * time.Millisecond)  // finding
//		}
//	}
//
//	for {
//		names := c.subscribed()            // under a lock
//		if len(names) == 0 {
//			continue                       // finding: it leaves out the sleep
//		}
//		c.collect(names)
//		time.Sleep(c.interval)
//	}
//
// # Why it costs
//
// Whoever sleeps is not there when it happens. On average half the period of the
// sleep is added to each wait, and all of it to the slowest: a write that waits for
// room by sleeps of 10 ms has steps of 10 ms in its tail, whatever the disk does. The
// shorter the sleep, the more it costs those who work: each wake-up takes a timer, a
// thread and the lock behind which the condition is.
//
// A loop that spins takes a processor, often the one on which the goroutine would run
// that it waits for; with a CPU limit it uses up the quota of the container, and the
// kernel stops all its threads until the next period, 100 ms later. Spinning under a
// mutex, it also keeps the others from taking it.
//
// # When it is silent
//
//   - where the condition is made true elsewhere: by a file, the network, another
//     process, a clock, an interface, another package; what calls such things and
//     sleeps is a retry;
//   - where the loop works, as what is done at intervals until a flag says stop, or
//     shows in each turn how far others are;
//   - where nothing in the package, constructors apart, changes what is asked for;
//   - spinning so many times, or with a pause, before it blocks; lock-free updates;
//     a wait for a moment to pass; a goroutine that is locked to its thread; a loop
//     that empties a channel while its len is not zero;
//   - test files.
//
// It is only suspected where the loop counts how often it asks, where the function
// ends something (Close, Stop, Shutdown), where a clock ends a spin, and where it
// stands beside a compare-and-swap. Periodic work by Sleep is: its period is the sleep
// and all that the work takes, and nothing can end it early.
//
// # How to mend
//
// Have whoever changes the condition say so. For one event, close a channel:
//
//	func (t *table) open() { close(t.ready) }
//
//	select {
//	case <-t.ready:
//	case <-ctx.Done():
//		return ctx.Err()
//	}
//
// For a state that comes and goes, a sync.Cond, or a channel with room for one signal:
//
//	t.mu.Lock()
//	for len(t.parts) >= max {
//		t.room.Wait()                      // flush calls t.room.Broadcast
//	}
//	t.mu.Unlock()
//
// For goroutines that end, sync.WaitGroup. A select without default waits until a case
// is ready: the suggested fix drops the default where the select is all of an endless
// loop.
//
// # Go versions
//
// All.
package sleeppoll
