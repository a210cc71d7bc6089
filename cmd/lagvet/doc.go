// Command lagvet finds what makes Go services slow at the tail.
//
// It is two programs in one. Run by a user it is a command line with a file per
// command here; run by go vet as its tool it is package vettool, and no command
// is even made. The commands hold no logic: they name flags and call the package
// that does the work.
package main
