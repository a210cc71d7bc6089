// Package zeropool keeps values without an allocation for each.
package zeropool

import "sync"

type Pool[T any] struct {
	items    sync.Pool
	pointers sync.Pool
}

func (p *Pool[T]) Get() T {
	ptr, ok := p.items.Get().(*T)
	if !ok {
		var zero T
		return zero
	}
	item := *ptr
	var zero T
	*ptr = zero
	p.pointers.Put(ptr)
	return item
}

func (p *Pool[T]) Put(item T) {
	ptr, ok := p.pointers.Get().(*T)
	if !ok {
		ptr = new(T)
	}
	*ptr = item
	p.items.Put(ptr)
}
