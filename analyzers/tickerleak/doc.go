// Package tickerleak finds tickers and timers that go on after the work they were made for.
//
// # What
//
// On every Go version:
//
//   - a ticker, or a timer that is reset each time it fires, for which a
//     goroutine waits that can never end, though one is started for each
//     request, each connection or each turn of a loop, or though the object it
//     belongs to has a Close, Stop or Shutdown that does not end it;
//   - a goroutine that waits for a ticker and nothing else, in a loop without a way
//     out, while another function stops the ticker: Stop does not close the
//     channel, and the goroutine hangs for ever;
//   - a time.AfterFunc whose function arms it again each time, while nothing
//     keeps the timer to stop it.
//
// Before Go 1.23 also:
//
//   - a ticker that is not stopped on some path to the end of its use: a return
//     before Stop, a time.Tick in a function that returns, a goroutine that
//     leaves without it;
//   - a ticker that is replaced by another, in a variable or a field, before it
//     is stopped;
//   - a ticker in a field of which no code of the package calls Stop;
//   - a timer that is neither received from nor stopped, if it runs for a
//     minute or longer or if a loop makes one after the other.
//
// The finding stands at the creation; its chain shows the return that is not
// preceded by Stop, or the wait that has no way out.
//
// # Why it costs
//
// A ticker that fires wakes a thread, takes the lock of a timer heap and makes
// a goroutine runnable, at every period, for ever. One costs nothing to speak
// of; one for each connection that ever was costs more with each day of
// uptime: CPU time that no request accounts for, longer timer heaps, and the
// memory that the goroutine refers to. What a process that was restarted this
// morning does not show, one that has been up for a month has in its tail.
//
//	func New() *Cache {
//		c := &Cache{items: make(map[string]int)}
//		go c.janitor()
//		return c
//	}
//
//	func (c *Cache) janitor() {
//		ticker := time.NewTicker(time.Minute) // fires for ever
//		for range ticker.C {
//			c.expire()
//		}
//	}
//
//	func (c *Cache) Close() { … }
//
// # Go versions
//
// Since Go 1.23 the runtime keeps a channel timer in its heap only while a
// goroutine waits for it, and collects one that nothing refers to, stopped or
// not. A missing Stop is then no leak, and this rule says nothing of it: only
// what is still waited for counts. time.AfterFunc has not changed.
//
// The timers of Go 1.23 are those of GODEBUG asynctimerchan=0, which is the
// default if the go line of the main module is 1.23 or later. The rule goes by
// the go line of the module that a package belongs to, and in package main by
// its //go:debug asynctimerchan and default lines too. It does not see a godebug
// block in go.mod, the environment, or from a dependency the main module that
// it will be built into. Of the standard library it assumes the newest.
//
// # When it is silent
//
//   - Stop in a defer, on every path, in the goroutine that uses the ticker, in
//     any function or method of the package for a ticker in a field, or through a
//     helper function, in this package or another;
//   - a ticker that is returned, or stored in a map, slice or channel: who has it
//     then is to stop it. The caller of a function of this or another package
//     that returns a new ticker is judged in its stead;
//   - a ticker in an exported field, which any package may stop, and one that
//     is stopped and reset as its owner pauses and goes on;
//   - a ticker that comes with a function which stops it;
//   - what runs once for the process: in main, init, package-level initialisers,
//     what they alone call, the function of a package-level sync.Once, what a
//     function starts before it waits for ever;
//   - a goroutine with any way out: a channel that someone closes, a context, a
//     flag, an error. A case of a select counts as none only if its context is
//     Background, or if nothing in the package sends on its unexported channel,
//     closes it or hands it on;
//   - a timer that has been received from, or that is short;
//   - time.After: rule timerchurn;
//   - test files.
//
// Suspected only: a goroutine that never ends in a library, where nothing tells
// that there is more than one; a timer re-armed on a condition; an AfterFunc
// that guards work and is not stopped when the work is done.
//
// # How to mend
//
// Stop the ticker where its goroutine ends, and let the goroutine end with its
// owner:
//
//	func (c *Cache) janitor() {
//		ticker := time.NewTicker(time.Minute)
//		defer ticker.Stop()
//		for {
//			select {
//			case <-ticker.C:
//				c.expire()
//			case <-c.done:
//				return
//			}
//		}
//	}
//
//	func (c *Cache) Close() { close(c.done) }
//
// Where a ticker or timer is used in one function only, the suggested fix defers
// its Stop, and makes a time.Tick of a constant duration such a ticker.
package tickerleak
