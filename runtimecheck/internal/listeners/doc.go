// Package listeners probes the sockets that a process accepts connections on: how many
// wait on each, which addresses several sockets share (SO_REUSEPORT), and what the
// kernel had to turn away.
//
// Sockets of another process come from /proc/PID/net/tcp and tcp6, which begin with
// those that listen, so that those of connections, be they a million, need not be read.
// Which are the process's own tell its descriptors. The accept queue is the column
// rx_queue; how long it may become is not there. Go asks for somaxconn, and that is
// what a queue is held against. A program that asks for less by itself would be seen in
// full by sock_diag(7), as ss -lt prints it. A service that looks at itself asks its
// sockets, which know both.
//
// What was turned away the kernel counts for a network namespace, not for a socket.
package listeners
