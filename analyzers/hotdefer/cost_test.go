package hotdefer

import "testing"

// The costs that doc.go quotes are those of these benchmarks:
//
//	go test -bench=Defer -count=6 ./analyzers/hotdefer
//
// Each iteration makes one call; subtract none.

var sink int

//go:noinline
func leave() { sink++ }

//go:noinline
func direct() { leave() }

//go:noinline
func open1() { defer leave() }

//go:noinline
func open3() {
	defer leave()
	defer leave()
	defer leave()
}

//go:noinline
func open6() {
	defer leave()
	defer leave()
	defer leave()
	defer leave()
	defer leave()
	defer leave()
}

//go:noinline
func stack9() {
	defer leave()
	defer leave()
	defer leave()
	defer leave()
	defer leave()
	defer leave()
	defer leave()
	defer leave()
	defer leave()
}

//go:noinline
func loop10() {
	for range 10 {
		defer leave()
	}
}

//go:noinline
func wrapped10() {
	for range 10 {
		func() { defer leave() }()
	}
}

func BenchmarkDefer(b *testing.B) {
	for _, bb := range []struct {
		name string
		f    func()
	}{
		{"none", direct},
		{"open=1", open1},
		{"open=3", open3},
		{"open=6", open6},
		{"stack=9", stack9},
		{"loop=10", loop10},
		{"wrapped=10", wrapped10},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bb.f()
			}
		})
	}
}
