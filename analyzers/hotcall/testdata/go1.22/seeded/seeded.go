// Package seeded seeds the generator that all share, by which it gets its lock
// back.
package seeded

import "math/rand"

func init() { rand.Seed(42) }

//lagvet:hot
func draw(n int) int {
	return rand.Intn(n) // want `^likely: rand.Intn takes the lock .* \(since this package calls rand.Seed\)$`
}

// Seeding anew in hot code is another fault.
//
//lagvet:hot
func reseed(s int64) { rand.Seed(s) }
