package service

import "time"

// No policy is about this package.
func Free() *int { time.Sleep(1); return new(int) }
