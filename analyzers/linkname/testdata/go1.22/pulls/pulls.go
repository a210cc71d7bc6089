// Package pulls is of a Go whose linker refused nothing.
package pulls

import _ "unsafe"

//go:linkname schedule runtime.schedule
func schedule()

//go:linkname nanotime runtime.nanotime
func nanotime() int64
