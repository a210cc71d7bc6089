// Package deadlineorder finds budgets of time that cannot work because what is inside has more than what is around it.
//
// # What
//
// Constants, followed through variables, functions and callers:
//
//   - A context with a deadline that is derived from one with a shorter or, where each
//     attempt of a loop gets it, an equal one.
//   - A server whose WriteTimeout is shorter than the budget of a handler: the deadline
//     that the handler sets on the context of its request, the Timeout of the client by
//     which it asks another service, or an http.TimeoutHandler; and an
//     http.TimeoutHandler around a handler that gives itself more. The handlers may be
//     those of another package.
//   - A ResponseHeaderTimeout longer than the Timeout of its client, a ReadHeaderTimeout
//     longer than the ReadTimeout of its server: the whole with less time than its part.
//
// The finding stands at the inner budget, the one that is of no use; the chain shows the
// outer one.
//
//	srv := &http.Server{Handler: mux, WriteTimeout: 10 * time.Second}
//	…
//	func report(w http.ResponseWriter, r *http.Request) {
//		ctx, cancel := context.WithTimeout(r.Context(), time.Minute) // finding
//
// # Why it costs
//
// Timeouts are set one at a time, by different people. A handler that may take a minute
// behind a server that gives its answer ten seconds does all of its work, holds its
// connections and locks, and then cannot say what came out: the client sees a closed
// connection, tries again, and the work is done twice. Retries under a deadline that the
// first attempt may use up alone are retries on paper only. In the incident that such
// rules are made for, a client's Timeout was a constant of 30 seconds, the slowest hundredth
// of answers of what it asked took 32, and nothing bounded the whole.
//
// # When it is silent
//
//   - Budgets that are not constant, or that differ from way to way.
//   - Where a caller that is seen gives more time than the inner budget, or none can be told.
//   - Contexts that are detached: context.WithoutCancel, context.Background.
//   - A handler that moves its own deadline by http.ResponseController, or takes the
//     connection by Hijack; a package with a server that has no constant WriteTimeout.
//   - A request without the context that is in scope: ctxless.
//   - Test files.
//
// It is only suspected, which is for the audit, where
//
//   - the function may have callers that are not seen, and give it more time;
//   - both are equal, outside of loops;
//   - a client's Timeout is longer than the deadline of each context that its requests
//     have: it may be meant as a backstop;
//   - a TLSHandshakeTimeout or the Timeout of a dialer is longer than that of the client: they
//     are copied from the default transport as often as not;
//   - a transport may be another client's too.
//
// # How to mend
//
// Begin with the outermost budget, that of the client who waits, and give each step inside
// less than what is around it leaves:
//
//	WriteTimeout: 30 * time.Second                                        // the whole answer
//	ctx, cancel := context.WithTimeout(r.Context(), 25*time.Second)       // the handler's work
//	attempt, cancel := context.WithTimeout(ctx, 8*time.Second)            // each of three attempts
//
// # Go versions
//
// All that have package context: from Go 1.7.
package deadlineorder
