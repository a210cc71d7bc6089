// Package contexts tells which contexts the code at a call could pass on, and
// why one of them may be the wrong one: the rules about deadlines ask it before
// they say that a call should have, or has lost, the context of its caller.
//
// A context is in scope at a call if it is a parameter (one without a name
// too), is derived from one, or comes with a request: *http.Request, the context
// of a web framework that holds one, a gRPC stream, a tls.ClientHelloInfo.
// Closures see those around them. One in a field of the receiver or of a parameter
// is its owner's: it counts without doubt only where the function itself ends with it.
//
// Work is apart from the function around it, on purpose or not, if nobody waits
// for it: a goroutine that is not joined, a deferred call, a callback that may run
// later, work shared with other callers, clean-up after the context is done. The
// contexts in scope are doubtful for it. Code that uses a context by itself lives no
// longer than that, and is not apart from it.
//
// Where a context comes from is followed through the assignments of one
// package, whatever their order; the worst of them counts.
package contexts
