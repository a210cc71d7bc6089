// Package evidence joins findings with what was measured on the running program:
// profiles in pprof's format and execution traces.
//
// # How it goes
//
// [Open] reads the files into sources (source.go, trace.go). What a source
// measures is told by its sample types, never by its name; each kind is a meter,
// a list of values with the stacks that they were measured on. A trace is turned
// into the same: stacks with the time that goroutines spent blocked on them, in
// system calls, helping the collector, or having the world stopped.
//
// [Set.Join] refuses what is of another program (set.go, binary.go). It reads the
// source files that findings and their chains stand in, and those of the main
// modules' packages that are in a source (tree.go), by syntax alone, and finds the
// functions of the stacks in them (resolve.go): by full name and by the distance
// of a line from the beginning of its function (package symbol). So evidence fits
// code that has moved since.
//
// For each finding, its rule says which kinds show what it is about and where on a
// stack to look (rules.go): at its line, where its chain of calls leads from
// there, in the goroutines that it starts. What is found there, against all that
// the source holds of the kind, is the finding's [finding.Evidence] (join.go,
// text.go).
//
// # What it never does
//
// It hides no finding and changes no exit code but by what could not be done: that
// something was not observed may mean that nobody looked at the right moment.
package evidence
