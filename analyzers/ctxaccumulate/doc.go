// Package ctxaccumulate finds contexts that pile up: in loops, in fields, from request to request.
//
// # What
//
//   - a context that a loop makes and whose cancel function is deferred, so that it
//     runs only when the function returns;
//   - a cancel function that the next turn of a loop replaces before anybody has
//     called it;
//   - a context that is wrapped again by each turn of a loop, because the result is
//     given to the variable that the next turn wraps;
//   - the same from request to request: a handler that wraps a context in a variable
//     of outside, or in a field of the server;
//   - the context of a request that a handler puts where it outlives the request: a
//     field of the server, a package variable.
//
// In code:
//
//	for _, name := range names {
//		ctx, cancel := context.WithTimeout(ctx, time.Second)   // finding
//		defer cancel()
//		...
//	for msg := range messages {
//		ctx = context.WithValue(ctx, traceKey, msg.Trace)      // finding
//		handle(ctx, msg)
//		...
//	func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
//		s.ctx = r.Context()                                    // finding
//
// Any function that is given a context and returns one counts as context.WithValue
// does: metadata.AppendToOutgoingContext, tracer.Start, logger.WithContext.
//
// # Why it costs
//
// A context knows its parent, and one that can be cancelled is known by it: it stays
// in the parent's list of children, with its timer in the runtime's heap, until
// somebody cancels it or its time is over. A loop that leaves that to the end of the
// function has all of them at once, and one that serves for as long as the process
// runs never gets rid of any. That is memory that grows by the message, and a parent
// whose cancellation, when it comes, walks a list of millions under its lock.
//
// Where each context is made of the one before, the chain can be collected by nobody as
// long as its end is in use, and a lookup of a value that is not there walks all of it:
// the thousandth message pays a thousand times what the first one did. A timeout
// in such a chain is worse, for a context cannot outlive its parent: the second turn
// has what the first one left of its time, and when the first is cancelled all that
// follow are.
//
// The context of a request is done when the request is. What finds it in a field later
// fails at once with "context canceled", now and then, under load, because two
// requests wrote the field; and the request, its body and its connection's buffers
// are kept with it.
//
// # When it is silent
//
//   - one derivation per iteration into a variable of its own, cancelled in the
//     iteration, or in a function that the iteration calls;
//   - a loop of a small constant number of turns, and a list of hooks each of which
//     adds something to the context;
//   - a chain that is put together for what comes after the loop and not used within;
//   - a variable that each turn gives a fresh value first;
//   - a path that leaves the loop;
//   - contexts in the options or the builder of something, and in what is made for
//     one request or one call;
//   - a job that carries its submitter's context through a channel, if the submitter
//     waits for the answer;
//   - test files.
//
// It is only suspected, which is for the audit, where the loop runs a small number of
// times or keeps its contexts on purpose, where the chain is used within the loop and
// behind it, and where a handler puts a job with its context into a channel, or an
// object with it into a map of the server, and waits for nothing.
//
// A defer in a loop that ends something else is rule hotdefer's; a cancel function that
// no path calls is go vet's lostcancel.
//
// # How to mend
//
// Give each iteration a context of its own, and end it there:
//
//	for msg := range messages {
//		ctx, cancel := context.WithTimeout(context.WithValue(ctx, traceKey, msg.Trace), time.Second)
//		handle(ctx, msg)
//		cancel()
//	}
//
// or move the body of the loop into a function, in which defer is right. The
// suggested fix does so where no statement leaves the body; where the same variable
// is wrapped again it declares a new one.
//
// Pass contexts as arguments. What goes on when the request is over takes
// context.WithoutCancel(ctx), which keeps the values, and a timeout of its own.
//
// # Go versions
//
// All from Go 1.7, which brought package context.
package ctxaccumulate
