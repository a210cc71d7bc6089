// Package dataflow tells what the local variables of a function are computed from.
//
// [Index.Of] returns the [Flow] of a declaration, literals in it included. Its
// Defs are the places where each variable is given a value; [Flow.From] and
// [Flow.Directly] follow them back: all that a value depends on, or only what it
// is a part, a container or a decoding of.
//
// It knows no order and no branches: a variable depends on everything that it is
// ever given, which is what "can this message reach that goroutine" asks. It is
// syntax and types alone, so that rules which carry facts can afford it in every
// dependency.
//
// [Key] names what an expression denotes, whatever path leads to it: s.sem and
// t.sem are the same field to it.
package dataflow
