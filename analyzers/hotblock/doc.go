// Package hotblock finds functions that must not wait and can, by whatever they call.
//
// # What
//
// A function under a nonblocking contract from which something that waits can
// be reached: a lock, a channel, the network, a file system, a sleep, another
// system call, C, or a stop of the world. The finding stands at the declaration,
// one for each thing called there that leads to a wait, with the shortest chain
// of calls down to it, through dependencies and the standard library:
//
//	//lagvet:nonblocking
//	func (e *Engine) Match(o *Order) Fill {
//		…
//		return e.best(o) // calls (*cache).get, which takes a lock
//	}
//
// The contract may also stand on an interface method or on a func type; then
// it binds each implementation, and a function of a package that cannot know of
// it is judged where it is converted.
//
// In functions that are only hot, what waits for the network or a file system
// and what sleeps is reported, where that happens or is called in another
// package. Locks and channels are not: most hot code has some.
//
// # Why it costs
//
// A goroutine that waits leaves its processor. It goes on when somebody else lets
// it, the scheduler finds it a processor, and the caches are warm again: at the
// median some microseconds, at the tail whatever the holder of the lock, the
// peer or the disk takes. A system call keeps the thread, and after 20 µs the
// runtime gives its processor away (retake in runtime/proc.go), to be waited
// for on return.
//
// # When it is silent
//
//   - close of a channel, a select with a default, atomics, sync.Map.Load and
//     reading the clock do not wait;
//   - what a go statement starts does not delay the function;
//   - what is assumed away: //lagvet:assume on the callee or on the statement, or
//     in .lagvet.yml, with a reason;
//   - a wait only on the way to an error, a panic or an exit is suspected;
//   - in code that is hot by a profile alone, waiting for the network or a file
//     system is suspected: it may be what that code is for;
//   - what cannot be told, a call of a function value for instance, is no
//     violation unless the check is strict (lagvet check --strict).
//
// # How to mend it
//
// Read an atomic snapshot in place of a lock; hand the work to another goroutine
// by a channel with room and a select with a default; do I/O from a buffer that
// somebody else drains. If the wait cannot happen, say why where it stands:
// //lagvet:assume none -- reason.
//
// # Versions
//
// All Go versions. The standard library is analysed from the source of the
// toolchain in use, so the chains are those of that release.
package hotblock
