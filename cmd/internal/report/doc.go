// Package report prints what a run has found: as text for people ([Text]), as
// JSON for programs ([JSON], described in docs/json.md), as SARIF 2.1.0 for code
// hosts and editors ([SARIF]), and in the forms that one host or another takes:
// workflow commands of GitHub ([GitHub]), Code Quality of GitLab ([CodeQuality]),
// JUnit ([JUnit]), and Markdown for a comment or a summary ([Markdown]). [HTML] makes
// one page for a browser, with the source, of what is in the folder page and in
// package page. It prints the pages of rules too, for the terminal and as Markdown
// (the methods of [Rule]).
//
// All say the same of a [Report], each as far as its reader can show it. Text is for
// the directory in which lagvet was started: it leaves out what a reader does not
// act on, and counts it in the last line. JSON and SARIF leave nothing out. What is
// made for hosts goes by the root of the repository and puts first what is most
// urgent. None but text holds times or cache hits, so that the same code gives the
// same bytes.
//
// What could not be checked is in every one of them, in the strongest words that it
// has: no format may pass for clean because it has no place for problems.
package report
