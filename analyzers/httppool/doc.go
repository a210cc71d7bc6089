// Package httppool finds HTTP transports that cannot keep the connections that their load needs.
//
// # What
//
//   - A Transport with MaxIdleConnsPerHost left at its default of 2, if requests are sent
//     by it several at a time (for each request that comes in, by a reverse proxy), or if
//     MaxIdleConns or MaxConnsPerHost shows that more was meant, and it speaks HTTP/1.
//   - A Transport with DisableKeepAlives by which many requests are sent.
//   - A Transport that is made for a few requests and forgotten, by itself or in what a
//     function returns, in a method that others may call for as long as its object lives,
//     or that a loop without an end calls. (For each request that a server answers, and
//     in each turn of a loop, initperreq has the finding.)
//   - An assignment to http.DefaultTransport, http.DefaultClient or a field of theirs
//     while the program runs.
//   - A Transport that speaks HTTP/1 only, because it has a dial function or a TLS
//     configuration of its own and ForceAttemptHTTP2 is not set.
//
// The finding stands where the transport is made, its chain shows where requests are sent.
//
//	return &http.Client{Transport: &http.Transport{ // finding
//		TLSClientConfig: conf,
//		MaxIdleConns:    1000,
//	}}
//
// # Why it costs
//
// Over HTTP/1 each request under way has a connection to itself. When fifty are answered,
// two of their connections go back into the pool, and forty-eight are closed; the next
// fifty requests make forty-eight new ones: a round trip for TCP and one or two for TLS
// each, slow start, certificates to verify, and a port in TIME_WAIT for a minute. In a
// test with one request at a time nothing of it shows. Under load latency rises first, then
// connect fails because there are no ports left; and MaxIdleConns, which looks as if
// it were the setting, only bounds the sum over all hosts.
//
// A transport that is forgotten has a connection of its own that nobody will use again,
// with two goroutines that wait for it.
//
// # When it is silent
//
//   - MaxIdleConnsPerHost is set anywhere, or may be set by code out of sight.
//   - Nothing shows that requests are sent at the same time.
//   - The transport dials a socket of this machine.
//   - ForceAttemptHTTP2, TLSNextProto, Protocols or HTTP2 is set, the transport is handed to
//     golang.org/x/net/http2, or is a clone of http.DefaultTransport: what HTTP/2 is lost
//     by is no accident then.
//   - Test files.
//
// It is only suspected, which is for the audit, where
//
//   - the transport may speak HTTP/2, over which one connection serves all requests to
//     a host;
//   - requests are sent by goroutines that a loop starts: they may go to a host each;
//   - HTTP/2 is lost and nothing else is wrong: nothing tells whether the other side
//     speaks it;
//   - a forgotten transport has an IdleConnTimeout, which ends its connections, or nothing
//     shows that it is made again and again. What is called New, Open, Run or the like
//     is taken to set something up: it is silent;
//   - the shared default is changed by init or in package main, before there are requests;
//   - a command does it.
//
// # How to mend
//
// Make one transport, share it, and say how many connections the load needs:
//
//	t := http.DefaultTransport.(*http.Transport).Clone()
//	t.TLSClientConfig = conf
//	t.MaxIdleConns = 1000
//	t.MaxIdleConnsPerHost = 100 // requests under way to one host at a time
//
// A clone of the default keeps its timeouts and HTTP/2. For a literal with named fields
// a fix sets MaxIdleConnsPerHost, to MaxIdleConns if that is a constant.
//
// # Go versions
//
// All. ForceAttemptHTTP2 and Transport.Clone are there from Go 1.13, MaxConnsPerHost
// from 1.11.
package httppool
