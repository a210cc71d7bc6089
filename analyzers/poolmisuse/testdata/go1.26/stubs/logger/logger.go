// Package logger stands in for a library that pools its entries.
package logger

import "sync"

type Entry struct{ message string }

var entries = sync.Pool{New: func() any { return new(Entry) }}

// Check returns an entry if it is to be written.
func Check(debug bool, message string) *Entry {
	if !debug {
		return nil
	}
	e := entries.Get().(*Entry)
	e.message = message
	return e
}

// Write writes it.
func (e *Entry) Write() {
	println(e.message)
	entries.Put(e)
}
