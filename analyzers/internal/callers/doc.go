// Package callers tells who calls a function, further than package funcs does:
// through variables that hold one function, as an argument of a function that
// runs it, and through interfaces whose types are in sight.
//
// Rules that carry a fault of a function up to those who could mend it walk
// [Index.In]. An interface of the module is taken to be implemented by the types in
// sight; behind one of the standard library or of a dependency anything may be.
package callers
