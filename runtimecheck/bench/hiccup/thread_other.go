//go:build !linux

package hiccup

const hasThread = false

// thread is never called: Start refuses.
func (m *Meter) thread() {}
