// Package linkname finds programs that pull internals of the standard library by //go:linkname.
//
// # What
//
// A //go:linkname directive that gives a function without a body, or a variable without
// a value, the symbol of the runtime or of another package of the standard library:
//
//	//go:linkname schedule runtime.schedule       // finding
//	func schedule()
//
//	//go:linkname nanotime runtime.nanotime       // for the audit
//	func nanotime() int64
//
// The finding stands at the directive. It is suspected only where the linker lets the
// symbol pass: the standard library has marked some as pulled by packages that many
// programs need, with the names of these packages beside it, and functions written in
// assembly are not told apart. The rule has a list of both.
//
// # Why it costs
//
// Since Go 1.23 the linker refuses every other such reference: "link: main: invalid
// reference to runtime.schedule". A library that has one builds and passes go vet; it is
// the program that does not link, at the upgrade, when the fix of a vulnerability has to
// be out the same day. The flag -checklinkname=0 lets it through, for all packages of
// the program.
//
// What is let through is no promise either. Nobody checks that the signatures agree, so
// an argument more in the next release is a corrupted stack; and what such functions
// mean changes: the layout of map iterators did in Go 1.24, the generator behind fastrand
// in 1.22. Those who pull them do it on the hot path, to save nanoseconds, and there it
// shows first.
//
// # When it is silent
//
//   - the push side: a function with a body, or a variable with a value;
//   - a directive with one name, which offers a symbol or takes one that is offered;
//   - symbols of the package itself, of other modules, of C and of system libraries;
//   - tests, and files that build constraints leave out;
//   - packages whose go line is older than 1.23.
//
// # How to mend
//
// Most of what is pulled is offered by now: math/rand/v2 uses the runtime's generator
// without a lock, hash/maphash its hash of strings and bytes, time.Since its monotonic
// clock; sync.Pool is kept by processor. The finding names what there is. For the rest,
// ask for it at go.dev/issue, and keep the pull in a file of its own, behind a build
// constraint for the releases that it is known to work with, beside one that does
// without.
//
// # Go versions
//
// From Go 1.23 on. The list is of Go 1.26 and 1.27.
package linkname
