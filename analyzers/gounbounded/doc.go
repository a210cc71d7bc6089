// Package gounbounded finds goroutines whose number nothing bounds that the program controls.
//
// # What
//
// A go statement, errgroup.Group.Go without SetLimit, sync.WaitGroup.Go,
// time.AfterFunc or a function that does the same in its caller's name, that
// runs once per message, per request, per element of what a request holds, or
// per connection in a registry. The number is followed through the callers,
// into other packages of the module; the chain names the one that multiplies.
//
//	for msg := range inbox {
//		go handle(msg)
//	}
//
// # Why it costs
//
// A burst becomes as many goroutines: their stacks and what they hold are
// memory, their wake-ups delay every other goroutine, and what they call is
// hit all at once. Latency rises for all, not for those who caused it.
//
// # When it is silent
//
// When a slot is taken before the goroutine starts and given back by it: a
// channel, a semaphore, or a type of whichever package whose methods work on
// one channel or condition from both ends. When a group has a limit. When
// the loop counts to a number, ranges over a literal or a table, caps the
// collection, or waits for the goroutine in each turn. When a flag, a counter,
// a compare-and-swap or a map of what runs guards the statement. When the
// function waits for what it starts, ends it by a context or a deferred Close,
// or returns the channel or the pipe that ends it, so that there are as many as
// calls in flight. One goroutine per accepted connection, or channel of one, is how
// Go serves; the flag -gounbounded.accept asks for these too.
//
// Collections of unknown origin, periodic work, retries, goroutines of objects
// that a constructor returns or that have a method which ends the goroutine, as
// sessions do, what shuts a server down, workers that answer on the stream
// which they have opened, what a registry is asked about before and told of at the
// end of the goroutine, and lines that a command of the function's own writes are
// suspected, not reported: most are as many as a configuration file or the other
// side says.
//
// # How to mend
//
//	sem := make(chan struct{}, max)
//	for msg := range inbox {
//		sem <- struct{}{}
//		go func() {
//			defer func() { <-sem }()
//			handle(msg)
//		}()
//	}
//
// or errgroup's SetLimit, or a fixed number of workers that receive. A
// semaphore taken inside the goroutine bounds the work, not the goroutines.
// Where something else bounds the number, say so:
//
//	go handle(msg) //lagvet:bounded -- the broker sends at most 64 unacknowledged messages
//
// It speaks on every Go version.
package gounbounded
