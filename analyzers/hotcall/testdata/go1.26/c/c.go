// Package c calls C.
package c

/*
static int add(int a, int b) { return a + b; }
*/
import "C"

//lagvet:hot
func sum(a, b int) int {
	return int(C.add(C.int(a), C.int(b))) // want `^proven: C.add calls C: `
}

// Under a nonblocking contract hotblock speaks of it.
//
//lagvet:nonblocking
func quick(a, b int) int {
	return int(C.add(C.int(a), C.int(b)))
}

// add is the same in Go.
//
//go:noinline
func add(a, b int) int { return a + b }
