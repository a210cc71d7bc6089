//go:build !linux

package bench

// kernelCounters knows none here.
func kernelCounters() map[kernelCounter]float64 { return nil }
