// Package effects infers what each function may do to latency: allocate, wait
// for a lock, a channel, the network or a disk, sleep, enter the kernel, call C,
// stop the world, start goroutines, work by reflection, end the process, read
// the wall clock. What cannot be told is an effect too, [Unknown].
//
// It does so for every function of a program, its dependencies and the standard
// library, from their source, without annotations. Each effect has a witness:
// the shortest chain of calls, position by position, that leads to a primitive.
//
// # From primitives to summaries
//
// Primitives are the channel operations and go statements of the language, what
// package runtime exports, and functions without a Go body: tables say what
// these do (primitives.go), and whatever is in no table is unknown, never free
// of effects. Package runtime itself is not analysed.
//
// All else is inferred from SSA, one package at a time. Calls of a function join
// its [Summary] with the caller's. Recursion is solved to a fixed point, groups
// of functions that call each other after those that they call; of several
// witnesses the shortest is kept, and among equals the first in the source, so
// that the same code gives the same bytes.
//
//   - A defer counts where it stands; a go statement is [Spawn], and what the
//     goroutine does is the parent's only if the parent waits for it (waits.go).
//   - A branch that a constant, or a hook that nothing sets, makes unreachable
//     does not count (live.go).
//   - A function with a branch that depends on a parameter is inferred once more
//     for each constant that it is called with (special.go): one that is told not
//     to flush does not.
//   - What happens only on the way to an error, a panic or an exit is cold, as
//     package hotpath has it. A witness that is not cold wins.
//   - Initialisers belong to the package's init, not to those that use what they
//     set.
//
// # Function values and interfaces
//
// A value is followed back to what it may be (values.go): through variables,
// captured ones too, fields that only this package sets, results of functions.
// If all that it may be is found, the call does what these do, and nothing
// unknown. If a parameter is called, it is up to the caller: the summary says so
// (see [Given]) and each caller puts in what it passes, so that a sort does what
// its comparison does. The same holds for a method of a parameter that is an
// interface value: fmt.Fprintf to a bytes.Buffer only allocates. What a function
// returns may be a function; its effects are in [Summary.Results].
//
// Where this fails, an interface that only one package can implement is taken to
// be any of its implementations; the methods of some interfaces of the standard
// library mean the same everywhere (contracts.go); and a directive on an
// interface method or func type is relied upon: it is its author's word.
// Everything else is unknown.
//
// # What is stated
//
// A few functions have inferred effects that are right and of no use, as those
// of sync.Once in its first call: overrides.go states what they do, with the
// reason. In the same way //lagvet:assume and the configuration state the
// effects of a function, exactly, and inference is not asked.
//
// Files and sockets share package internal/poll: what it does is called [Disk]
// or [Net] where package os or net calls it (borders in overrides.go). System
// calls on paths are [Disk] and those on sockets [Net] by their names, the others
// [Syscall].
//
// # Allocations
//
// Sites that may allocate are found in SSA (alloc.go), each with a [Certainty];
// addresses are followed through the package and, by what summaries say of
// parameters, beyond it (retain.go), so that what stays on the stack is none. The
// compiler, which inlines, knows better in both directions: [Function].Allocs
// is there to be joined with what it says.
//
// # Facts
//
// A package exports one fact, in an encoding of its own in which chains share
// their tails (encode.go). It holds the exported functions, the exported methods
// of all types, and the methods of other packages' types that can be reached
// through the API (reach.go): an importer can call these without importing their
// package, and the analysis framework hands package facts to direct importers
// only. The fact of net/http has 80 kB, those of it and the 183 packages that
// it imports 550 kB together.
//
// A host may have no facts of the standard library: Bazel's nogo analyses none of
// it. A table stands in there (std.go), the summaries of all its packages as this
// package infers them, one table for each Go release since 1.25. The release is that
// of the toolchain which built the host; one without a table gets the nearest. The
// tables are of linux/amd64 with cgo. Of 6,200 functions 1 in 100 has other kinds of
// effects or is missing on linux/arm64 without cgo, 3 in 100 on darwin/arm64 and 8 in
// 100 on windows/amd64; what is missing is unknown. Reading a table takes some ten
// milliseconds, and where the host has facts it is not read.
//
// Hosts must otherwise build SSA of everything that a program imports. That and
// the inference take a quarter more time than building SSA alone.
//
// # Using it
//
// A rule requires [Analyzer] and asks its [Info]: Of for a declared function,
// Body for a literal, Functions for all of the package. [Report] and
// [DecodeReport] carry all of it out of a vet tool, for lagvet why.
package effects
