package c

import "testing"

func BenchmarkCall(b *testing.B) {
	n := 0
	b.Run("C", func(b *testing.B) {
		for b.Loop() {
			n = sum(n, 1)
		}
	})
	b.Run("Go", func(b *testing.B) {
		for b.Loop() {
			n = add(n, 1)
		}
	})
}
