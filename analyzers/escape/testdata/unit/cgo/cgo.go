// Package cgo calls C.
package cgo

// static int twice(int x) { return 2 * x; }
import "C"

var keep *int

func Twice(x int) int {
	keep = &x
	return int(C.twice(C.int(x)))
}
