// Package refpool makes the pools of a library easier to use.
package refpool

import "example.org/sized"

// A Pool holds slices of T.
type Pool[T any] struct{ p *sized.Pool }

// New returns a pool of slices of the given sizes.
func New[T any](sizes ...int) *Pool[T] {
	return &Pool[T]{p: sized.New(sizes, func(n int) any { return make([]T, 0, n) })}
}

func (p *Pool[T]) Get(n int) []T { return p.p.Get(n).([]T) }

func (p *Pool[T]) Put(s []T) { p.p.Put(s[0:0]) }
