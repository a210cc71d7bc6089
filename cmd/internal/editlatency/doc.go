// Editlatency measures how long an editor waits, after an edit, for the diagnostics
// of a language server, and prints a Markdown table for docs/performance.md.
//
//	editlatency -server 'gopls change bin/gopls' -server 'lagvet save bin/lagvet lsp' MODULE
//
// A server is a name, the event that has it look (change: each edit; save: when the
// file is saved), and its command. Each works on a copy of the module of its own.
//
// Three files are open in every server: of a package that no other one imports
// (leaf), of the one that most import (core), and of one between them (mid). In each
// round, in each server and file, code is added behind the end of the file that the
// servers have something to say of: a variable assigned to itself, for gopls, and a
// directive that does not exist, for lagvet. The first diagnostic there counts or, where
// the event is written change[EXPRESSION], the first whose code or source matches.
// The text differs each time, so that no cache knows it.
// Then the file is put back. What is measured is the time from the edit until the
// diagnostic is there; the figures are the median and the maximum over the rounds.
// The rounds of all servers alternate, so that they share what else the machine does.
package main
