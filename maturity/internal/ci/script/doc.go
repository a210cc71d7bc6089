// Package script follows the shell scripts and Makefiles of a repository to the
// commands that they run, without running them.
//
// A [Reader] takes a script's text, expands what is known of its variables, goes
// into functions, other scripts and make's targets, and yields each [Command] with
// what becomes of its failure: [Command.Lost] is empty if the script as a whole
// fails with it. That follows the shell's own rules: where "set -e" counts and where
// it does not, what a pipe and "||" hide, and what is saved and looked at later.
//
// What only a run could tell is kept as it is written, and named in [Command.Open]
// or [Command.If].
package script
