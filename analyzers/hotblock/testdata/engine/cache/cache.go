// Package cache is two calls away.
package cache

import "example.com/engine/store"

// Get asks the store.
func Get(key string) int { return store.Load(key) }
