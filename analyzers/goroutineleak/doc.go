// Package goroutineleak finds goroutines that can never end.
//
// # What
//
// A goroutine that waits for what cannot come, or goes on in a loop that has no way
// out. The causes that it knows:
//
//   - a sender that is left behind: the function that made the channel and started
//     the goroutine can return, at a timeout or an error, before it has received;
//   - a channel that nothing sends to, receives from or closes, a range over one that
//     nothing closes, a context that nothing cancels, a sync.WaitGroup of which nothing
//     calls Done, a sync.Cond that nothing signals;
//   - a goroutine that waits, with a mutex held, for one that needs the mutex first:
//     on a channel or for a sync.WaitGroup, the lock taken here or by a caller;
//   - one that waits for what only itself does later: for a channel that its own
//     defer closes, a context that it cancels after that, a goroutine that it has yet
//     to start;
//   - a wait group whose Done is missed on the way to a return, that is waited for in
//     the loop that starts what it counts, or before anything receives what those
//     that it counts send;
//   - a generator whose reader leaves the range before its end;
//   - a wait for a condition whose loop asks for nothing that changes;
//   - an other end that can leave: it selects on a done channel or a context beside
//     the channel, and this one does not;
//   - a for loop without return or break, a break that leaves only the select in it,
//     a select of which every way out is a channel that nothing makes ready: sleepers,
//     tickers and spinning loops too.
//
// The finding stands at the go statement, or at the call of a helper that starts what it
// is passed; its chain leads from there to the operation that hangs, and to why. What
// hangs in whoever calls it, with no go statement in sight, is reported where it hangs.
//
// Of the goroutines that Go's own goroutine leak profile shows it sees most before
// they leak. It also sees what that profile cannot, for it goes by what the garbage
// collector can reach: endless loops, sleepers, and channels that a global variable,
// or a goroutine that still runs, refers to.
//
// # Why it costs
//
// A goroutine that hangs keeps its stack, some kilobytes, and all that it refers
// to: the request, its buffers, its connection. One for each request that timed out
// is a leak that grows when the service is slow already: memory rises, the garbage
// collector marks more in each cycle, latency follows, and a restart hides it until
// next time. One that hangs with a lock held takes everybody with it who needs the
// lock.
//
//	func (s *server) get(ctx context.Context, key string) ([]byte, error) {
//		found := make(chan []byte)
//		go func() {
//			found <- s.store.Get(key) // for ever, once nobody receives
//		}()
//		select {
//		case v := <-found:
//			return v, nil
//		case <-ctx.Done():
//			return nil, ctx.Err()
//		}
//	}
//
// # How it knows
//
// Package by package: who may send to, receive from and close a channel, through
// fields, closures, calls, function values and the interfaces of the package. A field
// stands for that field of every object, so what is done to one counts for all. It says
// "nothing" only of channels that it sees all uses of.
//
// # When it is silent
//
//   - a channel that others may use: in an exported field or variable, passed to or
//     received from another package, put into an interface value of type any;
//   - a channel with room for every value that is sent, also where a loop sends as many as
//     it was made with room for, or of a size that is not known: it is the number of
//     senders, as a rule;
//   - a sender that selects on a context or a done channel, or has a default;
//   - a function that receives all of them, in a loop of as many turns, in a defer, in a
//     goroutine that it leaves behind for that; one that started the goroutine under
//     the same condition, or knows by an error that it has set that it sends no more;
//   - a channel in a field, from which other methods receive;
//   - a send or receive after a look at how many values are in the channel;
//   - what is on the way to a panic or to the end of the process;
//   - a loop with any way out: a return at an error, a flag, a context, a channel that
//     somebody closes;
//   - a send under a lock to a channel with room for the one value that is ever sent: under
//     a flag that is set then, or before it is closed;
//   - a wait group that counts what is to be done, not the goroutines that do it;
//   - locks that are released before the wait, that are only read by both, that the
//     other one has taken and released before this one was started, or before it was
//     added to the group;
//   - test files, and what only they call.
//
// Suspected only, for the audit:
//
//   - what main or init start once, or a command: it is meant to live as long as the
//     process;
//   - an endless loop in a library, where nothing tells that there is more than one of
//     it: it is sure of those that are started for each request, each connection or
//     each turn of a loop, and of those whose owner has a Close, Stop or Shutdown that
//     does not end them;
//   - an other end that can leave, unless the same function has the way out elsewhere
//     and forgot it here, or holds the lock that the other end needs to leave;
//   - a sender of many values to a channel that has room for some, where the receiver can
//     return: often no more are on their way at a time than there is room for;
//   - a sender that finds the channel in a field, and may not have been told of it by then;
//   - a consumer that stops at a value which the sender may know to be the last one;
//   - a return right before which a condition decides whether to receive once more: it may
//     ask whether a sender is left;
//   - a function that is given a testing.TB, in whatever file: what fails the test does not
//     return;
//   - a send into a buffer that nothing empties;
//   - a way that leads through function values or interface methods which may be others,
//     and a lock that may be another object's;
//   - what hangs in a function that no go statement in sight leads to, if it is not a
//     matter of locks or loops.
//
// # How to mend
//
// Give the channel room for what is sent, or the sender a way out:
//
//	found := make(chan []byte, 1)
//
//	select {
//	case out <- v:
//	case <-ctx.Done():
//		return
//	}
//
// Close a channel when its last sender is done, by a defer. Call Done by a defer.
// Do not wait for a goroutine with a lock held that it takes. Let a loop that works
// in the background end with its owner:
//
//	for {
//		select {
//		case <-ticker.C:
//			c.expire()
//		case <-c.done: // closed by Close
//			return
//		}
//	}
//
// It speaks on every Go version.
//
// # On trial
//
// What is shown by default is one cause, which it calls "receiver returns early": a channel
// without room, whose only receiver is the function that made it, and that function can
// return before it has received. Of 28 such findings on servers 27 were true. All else that
// it is sure of is shown as suspected for now: deadlocks with a lock, missed calls of Done
// and loops without end were mostly true but are too few to tell.
package goroutineleak
