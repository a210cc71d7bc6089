// Package deferloop finds the defers that can run again before their function
// returns, and tells which of them are meant that way.
//
// A deferred call in a loop releases at the end of the function what an iteration
// took. That is a fault of more than one kind: whose it is depends on what is
// released. [Around] answers the same of any other statement.
package deferloop
