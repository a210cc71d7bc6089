// Package pattern holds regular expressions that are compiled when they are first used.
//
// The vet tool is a process for each package, and most packages meet few of the
// expressions that rules go by, and none of those of the other commands of the program:
// to compile all of them took a fifth of the time in which such a process starts.
package pattern
