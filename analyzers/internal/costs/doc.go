// Package costs adds up what functions cost each time they run: what they
// allocate, what else they may do to latency, and their defers.
//
// It is what a ledger is written from, which two versions of a program are compared
// by, and what budgets are held against. Where a place allocates is known to package
// allocs, what a call may do to package effects; here both are put in one account,
// each allocation under a cause that says what it is and not where. What lies only
// on the way to an error, a panic or an exit is no part of it.
package costs
