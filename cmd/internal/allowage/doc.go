// Package allowage finds allow directives that are older than the configuration
// permits.
//
// A directive is as old as the commit that wrote its line, by git blame: reformatting
// and moving it within its file make it no younger, an edit of its reason does. One
// that is not committed has no age. Where the history that is there does not tell,
// because the clone is shallow or there is no git, that is a [finding.Problem]: a limit
// that nobody can check must not look kept.
package allowage
