// Package symbol joins what a profile measured with the source of today: it takes
// the names that profiles give to functions apart, and finds the functions that
// they stand for.
//
// [Parse] reads a name: method receivers, literals, type arguments, what the
// linker escapes. A [Resolver] tells in which function a literal stands that was
// inlined along with it. [Package.Find] finds the function in a [Package], which
// whoever has its syntax fills in: by full name, and by the distance of lines,
// never by the name of a file.
package symbol
