// Package audit is the command lagvet audit: it gathers what package maturity judges
// (what git says of the repository, what lagvet's rules find in it, what the
// configuration tells) and writes what came of it.
package audit
