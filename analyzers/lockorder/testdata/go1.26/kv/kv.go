// Package kv is a map with a lock.
package kv

import "sync"

// A Cache is a map with a lock.
type Cache struct {
	inner struct {
		sync.RWMutex
		m map[string]int
	}
}

// Get returns a value.
func (c *Cache) Get(key string) int {
	c.inner.RLock()
	defer c.inner.RUnlock()
	return c.inner.m[key]
}

// Put stores a value.
func (c *Cache) Put(key string, v int) {
	c.inner.Lock()
	c.inner.m[key] = v
	c.inner.Unlock()
}

// Add stores a value through Put.
func (c *Cache) Add(key string, n int) { c.Put(key, c.Get(key)+n) }

// Each calls f for every value, under the lock.
func (c *Cache) Each(f func(key string, v int)) {
	c.inner.Lock()
	defer c.inner.Unlock()
	for k, v := range c.inner.m {
		f(k, v)
	}
}

// EachCopy calls f for every value, without the lock.
func (c *Cache) EachCopy(f func(key string, v int)) {
	c.inner.RLock()
	copied := make(map[string]int, len(c.inner.m))
	for k, v := range c.inner.m {
		copied[k] = v
	}
	c.inner.RUnlock()
	for k, v := range copied {
		f(k, v)
	}
}

// Close drops everything, under the lock if it is told to.
func (c *Cache) Close(lock bool) {
	if lock {
		c.inner.Lock()
		defer c.inner.Unlock()
	}
	c.inner.m = nil
}
