// Package knobs turns knobs for others.
package knobs

import "runtime/debug"

// Relax lets the heap grow.
func Relax() { debug.SetGCPercent(400) }

// Limit bounds the heap, if there is a limit.
func Limit(bytes int64) {
	if bytes > 0 {
		debug.SetMemoryLimit(bytes)
	}
}

// Ask says what the limit is.
func Ask() int64 { return debug.SetMemoryLimit(-1) }
