package bench_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/bench"
)

// BenchmarkKinds measures work of several kinds. It is what docs/bench.md compares with
// itself.
func BenchmarkKinds(b *testing.B) {
	for _, kind := range []struct {
		name  string
		start func(*testing.B) (op func())
	}{{"json", encode}, {"sort", sorting}, {"garbage", garbage}, {"pipe", pipe}} {
		b.Run(kind.name, func(b *testing.B) {
			op := kind.start(b)
			m := bench.Start(b)
			for b.Loop() {
				o := m.Op()
				op()
				o.Done()
			}
			m.Stop()
		})
	}
	b.Run("lock", func(b *testing.B) {
		var mu sync.Mutex
		sum := 0
		bench.RunParallel(b, func(pb *bench.PB) {
			for pb.Next() {
				o := pb.Op()
				mu.Lock()
				for i := range 1000 {
					sum += i
				}
				mu.Unlock()
				o.Done()
			}
		})
	})
}

// encode is work of the CPU that allocates a little.
func encode(b *testing.B) func() {
	v := map[string]any{"id": 4711, "names": []string{"a", "b", "c"}, "nested": map[string]float64{"x": 1.5, "y": 2.5}}
	return func() {
		if _, err := json.Marshal(v); err != nil {
			b.Fatal(err)
		}
	}
}

// sorting is work of the CPU that allocates nothing.
func sorting(*testing.B) func() {
	rng := rand.New(rand.NewPCG(1, 2))
	unsorted := make([]int, 1000)
	for i := range unsorted {
		unsorted[i] = rng.Int()
	}
	work := make([]int, len(unsorted))
	return func() {
		copy(work, unsorted)
		slices.Sort(work)
	}
}

type tree struct{ left, right *tree }

func grow(depth int) *tree {
	if depth == 0 {
		return nil
	}
	return &tree{grow(depth - 1), grow(depth - 1)}
}

// garbage is work for the collector.
func garbage(*testing.B) func() {
	var live [64]*tree
	i := 0
	return func() {
		live[i%len(live)] = grow(9)
		i++
	}
}

// pipe is work of the kernel.
func pipe(b *testing.B) func() {
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { r.Close(); w.Close() })
	data := make([]byte, 64)
	return func() {
		if _, err := w.Write(data); err != nil {
			b.Fatal(err)
		}
		if _, err := r.Read(data); err != nil {
			b.Fatal(err)
		}
	}
}
