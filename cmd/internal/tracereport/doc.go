// Package tracereport prints what package runtimecheck/trace makes of an execution trace:
// for people as text, Markdown and a page of HTML, for programs as JSON, and for pprof as
// a profile of where the time of the tail went.
//
// A [Report] is what all of them are made from. [Sentence] says in words why the tail of
// a group is what it is; what people read begins with it. A [Comparison] is of two
// traces.
//
// Names of spans, functions and files come from the program that was traced: each form
// takes them for text, whatever they hold.
package tracereport
