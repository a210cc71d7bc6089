// Package values tells what the variables and fields of a package are given:
// every expression that is assigned to them, and so, where there is but one,
// the function, the struct or the expression that they hold.
//
// It goes by the text of the package and by nothing else: it follows no
// pointers and knows no order. What an importer may set is told by Settable.
// Tests, and files that serve tests, are left out: a stub that a test puts in
// the place of a function says nothing of what runs in production.
package values
