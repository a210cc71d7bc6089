// Package httptimeout finds HTTP clients, servers and connections that wait for the other side without a limit.
//
// # What
//
//   - An http.Client without a Timeout that is seen to send a request which has no
//     deadline of its own. Where the client is made and where it is used may be far
//     apart: it is followed through variables, fields, constructors, helpers and
//     packages, and so is the context of the request, to the callers that are seen.
//     A Transport with a ResponseHeaderTimeout will do.
//   - http.Get, Head, Post and PostForm, and requests without a deadline that go by
//     http.DefaultClient.
//   - An http.Server that serves and has neither ReadHeaderTimeout nor ReadTimeout,
//     wherever its fields are set; http.ListenAndServe, ListenAndServeTLS, Serve and
//     ServeTLS, whose server cannot be given any.
//   - A Transport of one's own for a httputil.ReverseProxy that has neither a dial
//     function nor a ResponseHeaderTimeout, and one that requests without a deadline
//     are sent by directly.
//   - A connection that an accept loop hands to a goroutine, which reads it in a loop,
//     in a package that never sets a deadline on one.
//   - A TLS handshake with an accepted connection in such a package.
//   - Structs of well-known dependencies that say how long to wait for another machine,
//     and say nothing: ssh.ClientConfig without Timeout, the Config of etcd's client
//     without DialTimeout, a websocket or kafka Dialer without a timeout, a
//     fasthttp.Server without ReadTimeout.
//
// The finding stands where the client or server is made, or at the call of the
// function of another package that makes it; its chain shows where the request is sent
// and why that has no deadline.
//
//	func New(url string) *Reporter {
//		return &Reporter{url: url, client: &http.Client{}} // finding
//	}
//
//	func (r *Reporter) Report(b []byte) error {
//		req, err := http.NewRequest(http.MethodPost, r.url, bytes.NewReader(b))
//		…
//		resp, err := r.client.Do(req) // waits as long as the other side likes
//
// # Why it costs
//
// Most outages of a dependency are not refusals: the connection is accepted, or was
// made long ago, and no answer comes. A client without a timeout then waits for ever.
// Each request that comes in adds a goroutine, its memory, a connection and what it has
// locked, until the service in front is as dead as the one behind; and nothing is
// counted as an error, because nothing ever fails. When the dependency is back the
// goroutines that wait on dead connections are still there.
//
// A server without ReadHeaderTimeout is the same seen from the other side: a few
// thousand connections that send a byte from time to time, on purpose (slowloris) or
// from phones that lost their network, take its goroutines and file descriptors.
//
// # When it is silent
//
//   - A Timeout that is set anywhere: in the literal, by an assignment to any variable or
//     field that may hold the client, in a helper, an option of the package or a function
//     of another package; and whenever it is set to something that is not constant, or
//     code out of sight has the client.
//   - Requests whose context has a deadline: by context.WithTimeout or WithDeadline
//     on any way to it, or by every caller that is seen; and those whose context cannot
//     be followed.
//   - A RoundTripper of the package that sets deadlines, a Transport with
//     ResponseHeaderTimeout.
//   - Where ctxless speaks of the call of http.Get or of a request that goes by
//     http.DefaultClient: the context that it asks for is the better mend.
//   - A server that is handed to code out of sight, or never seen to serve.
//   - Test files.
//
// It is only suspected, which is for the audit, where
//
//   - the context is that of a caller that is not seen, or of a request that came in:
//     that ends when its client has had enough, and not before;
//   - a RoundTripper or a dial function that is not seen may set a deadline, or the
//     timeout is a constant zero, on purpose;
//   - the client is there for want of another, which comes with a context or in a value of
//     any type, and takes its place;
//   - the answer is read as a stream, bit by bit, which a Timeout would cut;
//   - the other side is on this machine: a unix socket, localhost, a server of package
//     httptest;
//   - a command sends it (package main without a goroutine or a server, a framework for
//     command lines): whoever started it can break it off;
//   - a server is in an exported field or variable, or returned: importers may set a timeout;
//   - a server's connections are the streams of one session: it serves one client;
//   - a connection is relayed, handed on or never answered: it may be idle by right.
//
// # How to mend
//
//	client: &http.Client{Timeout: 30 * time.Second}
//
// bounds everything, the reading of the body included. Where bodies are long streams,
// set ResponseHeaderTimeout, TLSHandshakeTimeout and a dialer's Timeout on the Transport,
// and give each request a context that ends.
//
//	srv := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
//
// bounds the head of each request and leaves long uploads and downloads alone;
// IdleTimeout bounds the time between requests. For a literal with named fields a fix
// adds the field; a client's only where answers are read at once.
//
// # Go versions
//
// Client.Timeout is there from Go 1.3, Server.ReadHeaderTimeout from 1.8: before that
// the advice is ReadTimeout.
package httptimeout
