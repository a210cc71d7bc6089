package hot

import (
	"errors"
	"runtime"
)

// Here hotblock speaks, at the declaration.
//
//lagvet:nonblocking
func bound(n int) int {
	runtime.GC()
	return boundBelow(n)
}

func boundBelow(n int) int {
	runtime.GC()
	return n
}

// Two directives, of which one is a contract.
//
//lagvet:hot
//lagvet:nonblocking
func both(n int) int {
	runtime.GC()
	return n
}

// A cold branch.
//
//lagvet:hot
func cold(n int) error {
	if n < 0 {
		runtime.GC()
		return errors.New("negative")
	}
	if err := fails(n); err != nil {
		return err
	}
	return nil
}

// What it does on its own error path is cold for its caller too.
func fails(n int) error {
	if n == 7 {
		runtime.GC()
		return errors.New("seven")
	}
	return nil
}

// The goroutine's work is not the caller's.
//
//lagvet:hot
func spawn() {
	go collect()
}

func collect() { runtime.GC() }

// Nothing says that it is hot.
func plain() { runtime.GC() }
