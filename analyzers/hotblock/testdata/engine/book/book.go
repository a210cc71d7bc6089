// Package book is one call away.
package book

import "example.com/engine/cache"

// Best asks the cache.
func Best(key string) int { return cache.Get(key) }
