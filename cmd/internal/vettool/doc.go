// Package vettool is the lagvet binary as the go command runs it: the tool of
// go vet -vettool.
//
// The go command asks the tool three things. "tool -V=full" is its identity,
// which becomes part of the key under which results are cached. "tool -flags"
// lists the flags that go vet may pass on. "tool [flags] unit.cfg" analyses
// one package, its imports having been analysed before.
//
// There are two ways to be run.
//
//   - By hand, as go vet -vettool=$(which lagvet) ./...: every rule is an
//     analyzer of its own and reports what it is sure of, as go vet's own do.
//     Of the configuration it obeys all but severities. Only the
//     .lagvet.yml at or above the directory in which go vet was started is part
//     of the tool's identity: an edit of one below it has to wait for the next
//     edit of the package.
//   - By the lagvet command, with the flag -findings: one analyzer reports every
//     finding with all its attributes, and a second one announces the unit, so
//     that the command can tell a package in which nothing was found from one
//     that was never looked at.
//
// # What the cache does not know
//
// The go command replays a unit's output as long as the tool's identity, its
// flags and the package are the same. Environment variables and files that the
// tool reads are not in that key, so whatever findings depend on is either in
// the identity or in a flag, a file with the hash of its content.
//
// Nor is it in the key whether a unit was analysed for its findings or only for
// the facts that packages which import it need. So for the packages that a user
// can be interested in, those of modules that lie in a directory of the user's,
// findings are always reported, and the lagvet command drops what was not asked
// for. Under go vet by hand nobody drops them: a finding in a package of the
// main module may be shown when only a package that imports it was named.
// Units outside that scope compute facts and report nothing.
package vettool
