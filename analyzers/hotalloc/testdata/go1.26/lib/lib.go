// Package lib is another package.
package lib

import "errors"

//go:noinline
func Queue(n int) chan int { return make(chan int, n) }

//go:noinline
func Deep(n int) int { return cap(Queue(n)) }

//go:noinline
func Sum(ns []int) (total int) {
	for _, n := range ns {
		total += n
	}
	return total
}

//go:noinline
func Add(to []byte, s string) []byte { return append(to, s...) }

//go:noinline
func Join(a, b string) string { return a + b }

//go:noinline
func Checked(n int) (int, error) {
	if n < 0 {
		return 0, errors.New("negative")
	}
	return n, nil
}

type T struct{ n int }

// Small is inlined: where what it makes goes, the compiler decides at the call.
func Small(n int) *T { return &T{n} }

//go:noinline
func (t *T) Get() int { return t.n }

// Extend returns b with room for n more.
//
//go:noinline
func Extend(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	c := make([]byte, len(b), len(b)+n)
	copy(c, b)
	return c
}

//go:noinline
func Copy(b []byte) []byte {
	c := make([]byte, len(b))
	copy(c, b)
	return c
}

type Pool struct{ free [][]byte }

//go:noinline
func (p *Pool) Get() []byte {
	if n := len(p.free); n > 0 {
		b := p.free[n-1]
		p.free = p.free[:n-1]
		return b
	}
	return make([]byte, 4096)
}

func Count(n int) int { return n + 1 }
