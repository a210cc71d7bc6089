//go:build !linux

package process

import "time"

// A Watcher looks at a process.
type Watcher struct{}

// Watch returns [ErrElsewhere].
func Watch(int, time.Duration) (*Watcher, error) { return nil, ErrElsewhere }

// WatchAlone returns [ErrElsewhere].
func WatchAlone(int, time.Duration) (*Watcher, error) { return nil, ErrElsewhere }

// Stop returns what was seen.
func (*Watcher) Stop() *Usage { return new(Usage) }
