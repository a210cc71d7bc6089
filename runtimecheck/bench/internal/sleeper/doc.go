// Package sleeper waits until calls of an open loop are due, more exactly than package
// time does.
package sleeper
