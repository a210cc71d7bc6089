// Package random seeds where that does nothing any more.
package random

import "math/rand"

func init() { rand.Seed(42) }

// Since Go 1.24 seeding is ignored, and there is no lock.
//
//lagvet:hot
func draw(n int) int { return rand.Intn(n) }
