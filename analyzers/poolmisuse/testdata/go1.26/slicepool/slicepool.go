// Package slicepool is a pool of slices for other packages.
package slicepool

import (
	"reflect"
	"sync"
)

// A Pool holds slices by their length.
type Pool[T any] struct{ pool sync.Pool }

func (p *Pool[T]) Get(n int) []T {
	if s := p.pool.Get(); s != nil {
		return s.([]T)
	}
	return make([]T, 0, n)
}

func (p *Pool[T]) Put(s []T) {
	clear(s)
	p.pool.Put(s[:0])
}

// Buckets are pools of anything that is a slice.
type Buckets struct{ buckets []sync.Pool }

func (p *Buckets) Put(s any) {
	v := reflect.ValueOf(s)
	for i := range p.buckets {
		if v.Cap() > 1<<i {
			continue
		}
		p.buckets[i].Put(v.Slice(0, 0).Interface())
		return
	}
}
