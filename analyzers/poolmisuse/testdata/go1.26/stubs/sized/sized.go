// Package sized stands in for a library of pools of slices of any type, by their size.
package sized

import (
	"fmt"
	"reflect"
	"sync"
)

// A Pool holds slices.
type Pool struct {
	buckets []sync.Pool
	sizes   []int
	make    func(int) any
}

// New returns a pool of what make returns.
func New(sizes []int, make_ func(int) any) *Pool {
	return &Pool{buckets: make([]sync.Pool, len(sizes)), sizes: sizes, make: make_}
}

// Get returns a slice that has room for n.
func (p *Pool) Get(n int) any {
	for i, size := range p.sizes {
		if n > size {
			continue
		}
		b := p.buckets[i].Get()
		if b == nil {
			b = p.make(size)
		}
		return b
	}
	return p.make(n)
}

// Put keeps s for whoever asks for one of its size.
func (p *Pool) Put(s any) {
	slice := reflect.ValueOf(s)
	if slice.Kind() != reflect.Slice {
		panic(fmt.Sprintf("%+v is not a slice", slice))
	}
	for i, size := range p.sizes {
		if slice.Cap() > size {
			continue
		}
		p.buckets[i].Put(slice.Slice(0, 0).Interface())
		return
	}
}
