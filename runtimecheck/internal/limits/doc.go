// Package limits probes how many more files a process may open. A server that runs out
// of them cannot accept, and its clients wait for a connection that nobody takes.
//
// Go raises the soft limit to the hard one when a program starts (to one below, so that
// it can tell), so the hard limit is the one that counts, see syscall/rlimit.go.
package limits
