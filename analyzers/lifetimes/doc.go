// Package lifetimes follows resources: created here, released there. It knows
// tickers and timers, the responses of HTTP clients, what package database/sql
// hands out and the databases themselves, and objects of a sync.Pool; a [Kind] more
// is a row in a table.
//
// A rule requires [Analyzer] and goes through the Values of its [Index]. Each
// [Value] is one creation, by the primitive itself or by a call of a function
// that returns what it created, in this package or another, with every [Use]
// that the package makes of it: where it is released, waited for, re-armed, put
// into a field, returned, or stored out of sight.
//
// The index then answers what a rule wants to know of a value:
//
//   - [Index.Unreleased], [Index.Lost]: is there a path on which it is lost? Which?
//   - [Index.Replaced]: is its field given another value before it is released?
//   - [Index.Endless]: does a goroutine wait for it that can never end?
//   - [Index.Follows], [Index.Reaches]: what comes after such a wait?
//   - [Index.After]: what comes after a node, say a release?
//   - [Index.Origin]: how does a function come to run: once for the process, in
//     a loop, out of sight?
//   - [Index.Comes]: must a function come to a place before it returns?
//
// # Handles
//
// The handle of a kind is a variable of its type, or of any type for what is
// pooled. It is released by a method, by a method of one of its fields (the body of
// a response), or by being an argument of another object's method (pool.Put). What
// stands for it, a channel or such a field, is a view of it: to hold the view is to
// hold it. An error that comes with a resource says, while it is not overwritten, on
// which branches there is one.
//
// # How it follows
//
// By syntax and types alone, so that it may carry facts: SSA of every dependency
// would be built in every host. Variables and fields are followed wherever they
// are named, in any order; a field stands for that field of every object. So a
// value has at least the uses that it really has, which is what a rule needs
// that must not say "never released" of what is. Order counts in the
// questions about paths only; they walk the control-flow graph of one function
// and know what a nil check says, what a repeated condition excludes, that a
// ticker's channel is never closed, and that os.Exit and log.Fatal end the
// process. Panics are no way out of a function.
//
// What a function does with its parameters and results is a fact, [Summary], of
// which there are few: only of functions that take or return a handle, or anything
// that can be closed, and of those that give back what is pooled.
package lifetimes
