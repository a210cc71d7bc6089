//go:build !unix

package vettool

import "time"

// Clock is what time is of in which units are timed.
const Clock = "wall"

var started = time.Now()

// spent returns the time since the process began.
func spent() time.Duration { return time.Since(started) }
