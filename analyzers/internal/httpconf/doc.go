// Package httpconf follows the clients, transports and servers of net/http and the
// dialers of net: where one is made, what its fields are given, and what is done
// with it.
//
// A [Value] is one creation: a literal, new, a variable or a field without a value,
// the clone of a transport, http.DefaultClient, or the call of a function of another
// package that returns one. [Value.Field] tells whether a field is given anything: in
// the literal, by an assignment to any variable or field that may hold the value, by
// a function that it is handed to, here or, through facts, in another package.
// Its Calls are the methods that are called on it.
//
// It goes by the text of a package, in any order: a field stands for that field of
// every object, and what is set on one way counts as set. So nothing is called
// unset that is set somewhere, which is what a rule needs that must not say so of
// what is. What code out of sight may have set is [Unknown].
//
// What functions return, set and call is known across packages; what an option out
// of sight does to a value is not.
package httpconf
