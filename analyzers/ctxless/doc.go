// Package ctxless finds outbound I/O that is started without a context although one could be passed.
//
// # What
//
// A call that waits for another machine or process (an HTTP request, a
// connection, a name server, a database, a command), written in the form that
// takes no context where the API has a form that does:
//
//	func (s *shop) price(ctx context.Context, u string) error {
//		resp, err := http.Get(u)                       // finding
//		...
//		err = s.db.QueryRow(q, id).Scan(&price)        // finding
//
// and the same through functions of the module that have no context
// parameter and end in such a call. Then the finding stands where a context is
// in scope, with the chain of calls down to the I/O:
//
//	func (s *shop) page(ctx context.Context) string {
//		return s.title()                               // finding: ends in (*sql.DB).QueryRow
//	}
//	func (s *shop) title() string { return s.store.Name(1) }
//
// It is one fault, however many have a context and come by there: a package has
// one finding of it, at the nearest of them, which says how many more there are.
//
// A function of a dependency counts if its author wrote it twice, F and
// FContext (or FWithContext), the end of the context that FContext takes ends
// something, and F is known to wait: it is FContext with context.Background, ends
// in such a function or in I/O without a context, or belongs to a handle around
// one of database/sql.
//
// A context is in scope if it is a parameter, is derived from one, or comes
// with a request: *http.Request, the context of a web framework that holds
// one, a gRPC stream, a tls.ClientHelloInfo. Closures see those around them. A
// parameter that has no name, or is called _, counts: it can be given one.
// Where no context is in scope, a finding stands at the I/O if the function
// runs on behalf of a request all the same.
//
// http.NewRequest and exec.Command start nothing by themselves: they count if
// what they make is sent or run, here or by a function that it is handed to,
// on a path on which it was not given a context by WithContext or Clone.
//
// # Why it costs
//
// When the client has hung up, or the deadline has passed, the work goes on: the
// goroutine, its memory, its connection and what it has locked stay taken until
// the other side answers, which a side in trouble does not do. One slow
// dependency so fills the connection pools and the memory of every service in
// front of it, and a retry adds to the pile. The budget that the caller set
// ends nothing. And nobody can shut the service down gracefully.
//
// # When it is silent
//
// Where cancelling would be wrong or pointless, or where somebody else bounds
// the wait:
//
//   - main, init, package initialisers and tests;
//   - a request that is never sent, a command that is only shown, is left
//     running on purpose, or whose process the function ends by itself;
//   - a dial with a timeout, outside requests; a dialer made out of sight;
//   - what the function around it closes itself once the context is done, in a goroutine
//     beside it or by context.AfterFunc;
//   - a UDP "connection" to a fixed address, which sends nothing;
//   - APIs that have no form with a context on the Go version of the module
//     (net/smtp never has; crypto/tls has from Go 1.15), or at all, as the statements
//     of some mappers.
//
// It is only suspected, which is for the audit, where
//
//   - no context is in scope and nothing tells that a request is served;
//   - the context may be the wrong one: the work is in a goroutine that nobody
//     waits for, in a deferred call, in a callback, after the context is done, shared
//     with other callers, or the context is in a field that the function does
//     not otherwise use, is that of a command of a framework for command lines, or was
//     made on the spot;
//   - the other side is on this machine (a unix socket, localhost), or nothing is
//     sent to it (a UDP "connection" looks up a name at most);
//   - a command is run by helpers that ask nothing of it but whether it failed (mount, mkfs):
//     it is run for what it changes, and killed midway may leave that half done;
//   - the call is made because something has failed, to undo it or to say why: what
//     has failed may be the context;
//   - the client's RoundTripper sets deadlines of its own;
//   - the call goes through an interface of which another type in sight waits
//     for nobody, or to a method whose parameters an interface of another module
//     prescribes (Close, Read);
//   - a dependency has a form with a context, but nothing shows that the call waits
//     for more than this process;
//   - the database is embedded in the program.
//
// Passing context.Background where a context is in scope is not this rule's
// matter: there a context is passed, if the wrong one.
//
// A transaction begun with BeginTx(ctx) is rolled back when ctx is done, but a
// statement in flight is not interrupted by that: Tx.Query and Tx.Exec count.
//
// # How to mend
//
// Pass the context that is in scope. Where the form with a context is the same
// call with one more argument, a fix is suggested:
//
//	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
//	...
//	resp, err := s.client.Do(req)
//	...
//	err = s.db.QueryRowContext(ctx, q, id).Scan(&price)
//
// A function in between takes a context as its first parameter and passes it
// on. Work that must go on after the request (a receipt, an audit record) wants
// context.WithoutCancel(ctx) with a timeout of its own.
//
// # Go versions
//
// Each form is asked for from the Go version that brought it: DialContext and
// CommandContext from 1.7, the methods of database/sql and net.Resolver from 1.8,
// http.NewRequestWithContext from 1.13 (before that the advice is
// Request.WithContext), tls.Dialer and net.Resolver.LookupIP from 1.15.
package ctxless
