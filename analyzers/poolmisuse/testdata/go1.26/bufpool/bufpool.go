// Package bufpool is a pool of buffers for other packages.
package bufpool

import (
	"bytes"
	"sync"
)

const keep = 64 << 10

var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Get returns an empty buffer.
func Get() *bytes.Buffer { return pool.Get().(*bytes.Buffer) }

// Put takes it back, unless it is too large.
func Put(b *bytes.Buffer) {
	if b.Cap() > keep {
		return
	}
	b.Reset()
	pool.Put(b)
}
