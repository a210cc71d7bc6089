// Package values tells what the compiler's escape diagnostics speak of: which
// expression or variable of the source, of which type, how large, by which
// function of package runtime it is allocated, and whether it is at all.
//
// The compiler prints expressions in its own way, so they are not compared by
// text. They are found by position: the compiler gives each expression that of
// the operator or bracket that makes it what it is.
package values
