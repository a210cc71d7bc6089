//go:build amd64 || arm64

// Package asm has a body in assembly.
package asm

// Touch does nothing with p.
//
//go:noescape
func Touch(p *int)

func Use() int {
	x := 1
	Touch(&x)
	return x
}
