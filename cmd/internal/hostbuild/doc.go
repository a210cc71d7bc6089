// Package hostbuild builds a program that runs analyzers in its own process, with
// lagvet's among them, from modules alone: golangci-lint and gopls have no other
// way to take analyzers in.
//
// [Build] writes a module into a temporary directory. It requires the host and
// lagvet, holds a copy of the host's own main package, taken from the module cache,
// and one file more that registers lagvet. The go command builds it; nothing of
// the host is kept in this repository. Versions are those that the host requires,
// raised only where lagvet requires later ones, and the same versions give the same
// binary.
//
// Hosts are described by [Host]: [Golangci] and [Gopls]. What stands in the way is
// a [Failure], one sentence and what to do about it, with the words of the go
// command.
package hostbuild
