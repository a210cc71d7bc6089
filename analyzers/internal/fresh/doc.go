// Package fresh follows contexts that are made from nothing, by context.Background
// or context.TODO, to what waits with them.
//
// A context that is made from nothing ends nothing: no caller's deadline, no client
// that has hung up. That is a hazard only where something waits for as long as the
// context lets it, and so the package knows of each function what it does with
// the contexts that it is handed ([Use]): whether it passes them down to I/O, waits
// in a select for their end, or keeps them for later, in which case a context that
// outlives the call is the right one. Of the standard library a table says so, of a
// gRPC client the shape of its methods, of all else the code itself, in other packages
// by facts. What a method behind an interface does, or a function in a variable, is
// asked of the types in sight; if there are none the wait is not sure.
//
// [Index.Breaks] are the places where a call that waits is given such a context;
// those in functions that could not have passed another one are carried up to the
// first callers that could, through other packages of the module by facts.
//
// It goes by syntax and types alone. An assignment at the top of a function's body
// replaces what the variable held before; other assignments add to it, and a
// variable that may hold a caller's context too is not fresh.
package fresh
