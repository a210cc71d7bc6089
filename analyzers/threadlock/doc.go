// Package threadlock finds goroutines that are wired to their thread for longer than they need, or not when they have to be.
//
// # What
//
//   - runtime.LockOSThread without UnlockOSThread on a path on which the goroutine goes
//     on: a return before the unlock, more locks than unlocks (the calls are
//     counted), a request handler that never unlocks. Helpers that lock for their
//     caller count where they are called, in other packages too.
//   - more unlocks than locks, which undo those of a caller.
//   - calls about the calling thread from a goroutine that is not locked to it:
//     affinity (unix.SchedSetaffinity(0, …)), namespaces (Setns, Unshare, netns.Set),
//     capabilities, fsuid, memory policy, the signal mask, some options of prctl, the same
//     by system call number, and the error queue that OpenSSL keeps for each thread.
//   - a locked thread in hot code that waits for another goroutine.
//
// # Why it costs
//
// A goroutine that waits gives its thread to the next one, which costs some hundred
// nanoseconds and no system call. If it is locked, its thread has to be put to sleep,
// another one woken to go on with the rest, and both again when what it waits for is there:
// several microseconds on an idle machine and whatever the kernel's scheduler
// decides on a busy one. A handler that forgets to unlock does that to the goroutine
// of a connection for as long as that lives, and nobody sees it but in the tail.
//
// The other way round is worse than slow. What belongs to a thread stays with the thread
// when the goroutine moves on, which it may at any call: the goroutine is no longer
// pinned, and another one is that should not be; it works in the wrong
// namespace, or as the wrong user.
//
//	func (m *manager) start(cmd *exec.Cmd) error {
//		runtime.LockOSThread()          // finding
//		if err := m.schedCore(); err != nil {
//			return err              // returns with the thread locked
//		}
//		err := cmd.Start()
//		runtime.UnlockOSThread()
//		return err
//	}
//
// # When it is silent
//
//   - In init functions and in main; in test files.
//   - In a goroutine that ends locked on purpose, so that the thread is destroyed with
//     what was set for it: if a comment in the function speaks of the thread or of the
//     unlock, or the function changes something of the thread.
//   - In a function that locks and leaves the unlock to its caller: one that never
//     unlocks, that returns or hands on a function which does, or that keeps the
//     lock exactly where it returns no error.
//   - About the thread: in a function whose comment tells callers that they have to lock
//     it, and before syscall.Exec, which hands on what the calling thread has.
//
// It is suspected only, which is for the audit: a goroutine that ends locked and does not
// say why; a call about the thread in a function that is called from elsewhere, so that
// its caller may have locked it, or in main; a locked thread that waits in a loop which
// nothing says is hot.
//
// # How to mend
//
//	runtime.LockOSThread()
//	defer runtime.UnlockOSThread()
//
// and where the thread cannot be put back as it was, a goroutine of its own that
// ends locked, with a comment that says so. A thread that is pinned for its latency
// should not share channels or locks with the rest: let it poll a ring.
//
// # Go versions
//
// All. Since Go 1.10 the calls are counted, and a thread whose goroutine ends locked
// is destroyed.
package threadlock
