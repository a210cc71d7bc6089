// Package linters reads what golangci-lint is told to run: .golangci.yml, .yaml, .toml
// or .json, of version 1 or 2 of its configuration, and .custom-gcl.yml, which says what
// plugins it is built with.
//
// [Collect] reads; [Result.Rule] tells whether one of lagvet's rules is on, and
// [Result.Weak] what takes the edge off. Of several
// configurations the one in the repository's root counts, as golangci-lint finds it
// from there; [Result.Of] gives the result by another one, which a command names.
//
// What golangci-lint does where nothing is said (its linters, those that are on by
// themselves, and what "fast" and presets mean) stands in golangci.txt and defaults.go.
package linters
