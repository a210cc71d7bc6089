package seeded

import (
	"math/rand"
	randv2 "math/rand/v2"
	"testing"
)

func BenchmarkCall(b *testing.B) {
	b.Run("seeded", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				rand.Intn(1000)
			}
		})
	})
	b.Run("v2", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				randv2.IntN(1000)
			}
		})
	})
}
