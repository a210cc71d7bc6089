// Package downstream tells which calls ask something of another process: a request of
// a client, a query of a database, a connection that is made, a command that is run.
//
// [Index.Calls] goes by what package effects infers, through any number of functions:
// a call asks if the way to the network leads through a function of the standard
// library that starts an exchange, or through a library, which is called for that. What
// reads and writes a connection that somebody has made, accepts one, or answers a
// request, asks nothing. Calls of generated gRPC clients, which are interfaces, are
// known by their options.
package downstream
