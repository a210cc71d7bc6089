// Package remote inspects a Go service through its own endpoints: net/http/pprof, and
// the page of metrics that github.com/prometheus/client_golang exports. It has what the
// service itself would say to package runtimecheck, and needs no restart.
//
//	i, err := remote.Open(remote.Options{URL: "http://localhost:6060/debug/pprof"}, profile)
//
// Of a service on this machine the process can be named as well: what the kernel says
// and what the runtime says then come together in one report, and it is checked that
// both are of the same process.
//
// The other side is not trusted. Each answer is bounded in time and size, before and
// after it is decompressed; a redirect to another host is not followed; what is not
// understood is an error, or an UNKNOWN check with that error as its reason.
//
// It is a package of its own for what it depends on: programs that check themselves
// need neither Prometheus nor pprof.
package remote
