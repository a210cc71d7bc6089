// Package keeps tells which functions keep what they are given: bytes or a function
// that they send to a channel, hand to a goroutine, or put into a collection that
// outlives the call, without a copy.
//
// It says so only of what it sees: a parameter, a part of it, or a struct made
// around it goes there by its own name. So a function of which nothing is said may keep
// all the same, and one of which something is said does. [Keeps] is the fact of a
// function, through which those are known that call others in other packages.
//
// It is syntax and types alone.
package keeps
