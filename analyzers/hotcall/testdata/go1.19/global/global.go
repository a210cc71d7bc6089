// Package global draws random numbers under an old go line.
package global

import "math/rand"

// The toolchain in use takes no lock, one as old as the go line does.
//
//lagvet:hot
func draw(n int) int {
	return rand.Intn(n) // want `^suspected: rand.Intn takes the lock .* \(if a Go before 1.20 builds it\)$`
}

// A generator of one's own is nobody else's.
//
//lagvet:hot
func own(r *rand.Rand, n int) int { return r.Intn(n) }

//lagvet:hot
func makes() *rand.Rand { return rand.New(rand.NewSource(1)) }

// A goroutine of its own pays for it.
//
//lagvet:hot
func later() { go rand.Int() }

func cold(n int) int { return rand.Intn(n) }
