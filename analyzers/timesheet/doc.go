// Package timesheet tells what the packages of a program answer and ask, and the time
// that they give it: what lagvet audit budgets is made of.
//
// [Analyzer] reports the [Sheet] of each package in one diagnostic, as the ledger of hot
// functions travels, and [Decode] reads it. A sheet has the endpoints of the package, its
// servers, and of each function the calls that lead on: to functions of the module, to
// methods of its interfaces, and out of the process. With each call goes what bounds it:
// the deadline of the context that it is given, the timeout of the client that makes it,
// how often it is tried. A sheet says nothing of other packages; who has those of a whole
// program joins them.
//
// What cannot be told is said to be unknown, and nothing is guessed: an [Amount] is a
// constant, is known to be absent, or is unknown.
package timesheet
