// Package maxprocs sets GOMAXPROCS.
package maxprocs

// An Option changes how.
type Option func()

// Set sets it.
func Set(opts ...Option) (undo func(), err error) { return func() {}, nil }
