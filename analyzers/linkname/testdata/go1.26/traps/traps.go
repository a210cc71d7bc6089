// Package traps links by name, and pulls nothing out of the standard library.
package traps

import (
	"time"
	_ "unsafe"

	_ "example.com/app/other"
)

// Of another package of the module: its own affair.
//
//go:linkname inner example.com/app/other.inner
func inner() int

// Of a dependency.
//
//go:linkname parse github.com/vendor/parser.parse
func parse([]byte) error

// Its own symbol.
//
//go:linkname mine example.com/app/traps.theirs
func mine()

func theirs() {}

// Marked for others to pull.
//
//go:linkname offered
func offered() int { return 2 }

// Pushed: it has a body.
//
//go:linkname hook runtime.debugHook
func hook() int { return 3 }

//go:linkname setting runtime.setting
var setting = 4

// Provided by another package, which pushes it.
//
//go:linkname provided
func provided() int

// A symbol of C, and of a library.
//
//go:linkname readv libc_readv
func readv()

//go:linkname environ environ
var environ **byte

// Words of a comment.
// Use //go:linkname nanotime runtime.nanotime for that.

/*
//go:linkname schedule runtime.schedule
*/

// Not a directive, for the blank.
// go:linkname sleep runtime.timeSleep

// Assembly of its own.
func add(a, b int) int

// A method has a name of its own.
type clock struct{}

func (clock) nanotime() int64 { return time.Now().UnixNano() }

// What the standard library offers.
func now() time.Time { return time.Now() }

// A host without a dot is no standard library.
//
//go:linkname local corp/clock.now
func local() int64

var _ = []any{inner, parse, mine, theirs, provided, readv, environ, add, now, local}
