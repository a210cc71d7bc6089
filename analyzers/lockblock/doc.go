// Package lockblock finds mutexes that are held over what may wait for long.
//
// # What
//
// A call, between Lock and Unlock, that waits for the network, a file system or
// another process, or sleeps, however many calls lie in between: what a function
// may wait for is inferred, through dependencies and the standard library. It
// is reported where somebody is made to wait: another function, which would be done
// with the lock at once, takes it on behalf of a request or, in a library, is called
// with a context, whose end it does not see while it waits for the lock. Often there
// are two parties who do not know of each other:
//
//	func (b *book) refresh() { // in the background, once a minute
//		b.mu.Lock()
//		defer b.mu.Unlock()
//		b.prices = b.fetch() // over the network
//	}
//
//	func (b *book) price(symbol string) int64 { // for each request
//		b.mu.Lock()
//		defer b.mu.Unlock()
//		return b.prices[symbol]
//	}
//
// A section is followed as the program runs: through branches, deferred and
// conditional unlocks, TryLock, and helpers of the package that lock or unlock for
// their caller. A lock is anything with Lock and Unlock.
//
// # Why it costs
//
// A mutex makes everybody as slow as the slowest that holds it. A request that
// wants one word of memory waits for a server on the other side of the network,
// and so do all that come after it: they queue, hold their own memory and locks,
// and are let go at once when the timeout of that server is over. The median shows
// nothing, and a CPU profile shows nothing either, for all of them sleep.
//
// # When it is silent
//
// Where the lock is released before, on every way or on this one, or may not be held;
// for what a goroutine does that is started there; for sync.Cond.Wait, which gives the
// lock back; for close, a select with a default, a send on a channel that was
// made with room here; for closing a connection or a file and for opening a listener;
// for what only the kernel is asked, as the addresses of this machine and the options of
// a socket; for writers of which nobody knows that they are a file or a connection; for
// what a constant argument rules out.
//
// It is only suspected, and left to the audit,
//
//   - if no request is known to take the lock elsewhere in the package and to be
//     done at once: whoever always waits there may be meant to take turns. Of exported
//     functions that are called with a context it is known, but for those that start or
//     end something, and for files, which mostly answer at once;
//   - if a good part of the functions that take the lock hold it over such work, if
//     the lock is named for it (writeMu), or if the work is done on a stream that
//     the same struct holds, a connection or a file: then the lock is there for that;
//   - on the way to an error, where the program or an object starts or ends, where a
//     cache is filled, where an event is printed or logged;
//   - if it waits for a channel, a sync.WaitGroup, C, or another lock that
//     somebody holds for long: those may be quick;
//   - if the call is far away, or what it does lies with what the caller gives or, of
//     files, with what implements an interface.
//
// # How to mend
//
// Copy what is needed under the lock, unlock, do the slow work, lock again to
// publish the result:
//
//	func (b *book) refresh() {
//		prices := b.fetch()
//		b.mu.Lock()
//		defer b.mu.Unlock()
//		b.prices = prices
//	}
//
// If it must not be done twice at a time, give it a lock of its own, or publish
// through an atomic.Pointer, which readers do not wait for. Where the lock is
// there to serialise this work, say so:
//
//	f.mu.Lock()
//	defer f.mu.Unlock()
//	return f.file.Sync() //lagvet:allow lockblock -- one writer at a time, readers do not take it
//
// It speaks on every Go version.
package lockblock
