// Package contract is checked strictly.
package contract

import (
	"errors"
	"fmt"
)

//lagvet:nonblocking
func positive(n int) (string, error) {
	if n < 0 {
		return "", fmt.Errorf("%d is negative", n) // want `^likely: fmt.Errorf`
	}
	if n == 0 {
		panic(fmt.Sprint(n)) // nobody waits for it
	}
	return "", nil
}

// A mark is no contract.
//
//lagvet:hot
func marked(n int) (string, error) {
	if n < 0 {
		return "", fmt.Errorf("%d is negative", n)
	}
	return "", nil
}

// What a contract calls is under it too.
//
//lagvet:noalloc
func asks(n int) error { return helps(n) }

func helps(n int) error {
	if n < 0 {
		return errors.Join(fmt.Errorf("%d is negative", n)) // want `^likely: fmt.Errorf`
	}
	return nil
}
