// Package contracts has functions under contract, of every shape.
package contracts

import (
	"bytes"
	"io"
	"sync"
	tm "time"
)

type order struct{ price int }

type Book struct{ best order }

//lagvet:noalloc
func (b *Book) Best() int { return b.best.price }

// Match says what an order meets.
//
//lagvet:noalloc
//lagvet:nonblocking
func (b *Book) Match(o *order, at tm.Time, _ bool) bool { return o.price <= b.best.price }

type ring[T any] struct{ slots []T }

//lagvet:nonblocking
func (r *ring[T]) len() int { return len(r.slots) }

//lagvet:noalloc
func sum[T ~int64 | ~float64](vs ...T) (s T) {
	for _, v := range vs {
		s += v
	}
	return s
}

//lagvet:noalloc
func free() {}

//lagvet:noalloc
func write(w io.Writer, bytes *bytes.Buffer, contracts, f, t int) {}

//lagvet:nonblocking
func (b Book) locked(mu *sync.Mutex) {
	mu.Lock()
	mu.Unlock()
}

// Tested by hand.
//
//lagvet:noalloc
func known() {}

// No contract.
//
//lagvet:hot
func hot() {}

//lagvet:noalloc
func breaks(n int) []int { return append([]int(nil), make([]int, n+1000)...) }
