// Package httptarget makes a target of package load of a service that speaks HTTP/1.1, or
// HTTP/2 with TLS or without it.
//
// Each call is one request: its answer is read to the end and thrown away, redirects are
// not followed, nothing is decompressed, and no proxy is used. Connections are kept and
// used again, as many as there are calls at the same time.
//
// Unless [Options].Hosts allows it, only this machine is called.
package httptarget
