// Package adopted makes rules of checks that others have written: some of go vet and of
// staticcheck, run as they are.
//
// A check is a row of the table (checks), with what the catalogue says of it. It is run
// by the analyzer that its authors export; what it reports becomes findings, with a
// tier, a fingerprint and directives as those of any other rule. Staticcheck's own
// //lint:ignore counts as an allow.
//
// Programs that run analyzers themselves (golangci-lint, gopls, go vet, nogo) have these
// checks from their authors, so only the lagvet command runs them here: they stand apart
// from the other rules in the registry.
//
// One fault, one finding: [Replaced] lists the checks of the catalogue that are not run,
// because another rule finds all that they find, and the Yields of each that is are the
// rules whose finding at a place takes the place of its own.
package adopted
