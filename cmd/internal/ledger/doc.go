// Package ledger compares what the hot functions of a program cost in two versions
// of it.
//
// [Diff] tells what each function has gained and lost, by cause and not by line: two
// allocations of one cause where there was one are one gained. A function that was
// moved or renamed and costs what it did has not changed. What a function costs that
// nothing called hot before, or calls hot any longer, is told too, and that hotness
// is why.
//
// Another release of Go, or another architecture, moves allocations too. [Split]
// tells what the compiler did from what the code did, given a third ledger: the older
// version under the newer compiler.
//
// What is only suspected, what lies on the way to an error and what the caller's
// functions do comes and goes with what nobody sees, and is no change.
package ledger
