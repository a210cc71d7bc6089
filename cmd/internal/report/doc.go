// Package report prints what a run has found: as text for people ([Text]), as
// JSON for programs ([JSON], described in docs/json.md) and as SARIF 2.1.0 for
// code hosts and editors ([SARIF]). It prints the pages of rules too, for the
// terminal and as Markdown (the methods of [Rule]).
//
// The three reports say the same of a [Report]. Text is for the directory in
// which lagvet was started: it leaves out what a reader does not act on, and
// counts it in the last line. JSON and SARIF leave nothing out and hold neither
// times nor cache hits, so that the same code gives the same bytes.
package report
