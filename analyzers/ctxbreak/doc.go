// Package ctxbreak finds calls that wait with context.Background although the context of the caller is in scope.
//
// # What
//
// A function that has a context, or a request, and gives what waits another one,
// made from nothing:
//
//	func (s *shop) price(w http.ResponseWriter, r *http.Request) {
//		row := s.db.QueryRowContext(context.Background(), q, id)       // finding
//		...
//		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second) // finding
//		defer cancel()
//		resp, err := s.client.Do(req.WithContext(ctx))
//
// and a call of a function of the module that takes no context and makes one
// inside, through any number of calls. Then the finding stands where a context is
// in scope, with the chain down to what waits:
//
//	func (s *shop) page(ctx context.Context) string {
//		return s.title()                      // finding: ends in (*sql.DB).QueryRowContext
//	}
//	func (s *shop) title() string { return s.store.Name(1) }
//	func (s *store) Name(id int) (name string) {
//		s.db.QueryRowContext(context.Background(), q, id).Scan(&name)
//		return name
//	}
//
// It is one fault, however many have a context and come by there: a package has
// one finding of it, at the nearest of them, which says how many more there are.
// The context may come from a function of the module that makes it (dbContext()),
// be wrapped, kept in a variable and used in a closure; it may lie in a variable of the
// package or a field that is never given anything but context.Background().
//
// Suspected only: a select in a function that answers a request, which waits for a
// channel that others use too, and for a timer, but not for the request's own end:
//
//	select {
//	case s.slots <- struct{}{}:
//	case <-t.C:
//		http.Error(w, "too busy", http.StatusServiceUnavailable)
//	}
//
// What receives the context must be seen to wait for as long as the context lets
// it: a method of database/sql, a dialer, a resolver, a request or command that is
// sent, a gRPC call, a select with a case for the context's end, and each function
// that passes its context on to one of these, in any package. A method of a
// dependency's interface counts if that dependency works with the network.
//
// # Why it costs
//
// A context carries the caller's deadline, and the news that the caller has gone.
// Where it is replaced the chain is cut, and all that lies below goes on for
// nobody: the client has hung up, a retry is on its way, and the first query still
// holds its connection. It takes one such place for a slow database to fill the
// pools of every service in front of it, while each of those has its timeouts set
// as it should. Trace and tenant are lost as well, which is noticed when somebody
// looks for the slow request and finds its spans without a parent.
//
// A timeout of its own bounds the loss, it does not mend it: five seconds of work
// for a client that left in the first are five seconds of a connection, and a
// caller that has two seconds left does not get its answer in them.
//
// # When it is silent
//
//   - context.WithoutCancel: somebody meant it;
//   - a goroutine that nobody waits for, a deferred call, a callback, or what is
//     done after the context has ended, if the new context has a timeout;
//   - shutdown: in, or by a call of, a function of the names that Go gives
//     to it (Close, Shutdown, Stop, Flush, Release, Rollback, Unlock), with a timeout;
//   - what is given a context for longer than the call: a constructor that keeps
//     it in what it returns, a goroutine that it starts, a subscription or a
//     stream;
//   - what takes a context for its values only, as loggers, spans and counters do;
//   - a fallback: if ctx == nil { ctx = context.Background() };
//   - a variable that may hold the context of the caller too;
//   - main, init, package initialisers, and test files.
//
// It is only suspected, which is for the audit, where
//
//   - the same has no timeout;
//   - the context in scope is in a field, or may be the wrong one otherwise, as that
//     of a request that starts the function as a goroutine and goes;
//   - a function called makes once what a field or a variable keeps: if c.client == nil;
//   - a comment beside it speaks of the context: somebody has thought about it;
//   - something has failed and it runs to undo or to report that;
//   - a function without a context that bounds its own wait is called outside of
//     requests, or one that makes something or sets it going (NewStore, Open, Start),
//     or it is called in package main;
//   - what is waited for is a channel, in a select, unless a request waits at once;
//   - the function passes its context on before, and what is given the new one changes
//     something: that may be meant to be finished (context.TODO is never meant);
//   - outside of handlers, nothing shows that what is behind an interface or a function
//     value waits;
//   - a function value makes what has methods of its own: that may live on with the context;
//   - the callee's signature is prescribed by an interface of another module;
//   - the database is part of the program.
//
// A call that has no context at all is rule ctxless.
//
// # How to mend
//
// Pass on what is in scope; the suggested fix writes it there:
//
//	row := s.db.QueryRowContext(r.Context(), q, id)
//	...
//	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
//
// and give a select a case <-r.Context().Done(). A function in between takes a context as its first parameter. What must go on when
// the caller has gone, an audit record say, wants
// context.WithTimeout(context.WithoutCancel(ctx), d), which says so and keeps the
// values.
//
// # Go versions
//
// From Go 1.7, which brought the package; context.WithoutCancel is there from
// Go 1.21.
package ctxbreak
