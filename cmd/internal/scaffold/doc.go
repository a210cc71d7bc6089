// Package scaffold is the command lagvet init: it writes what a repository lacks of the
// first two levels of maturity, as far as a program can write it. Checklists are left
// to be filled in: one that nobody has thought about keeps nothing out.
package scaffold
