// Package tls speaks to a C library, as cgo has written its calls.
package tls

import "runtime"

type conn struct{ read chan []byte }

func _Cfunc_SSL_read(buf []byte) int { return len(buf) }

func _Cfunc_ERR_get_error() uint64 { return 0 }

// The error is that of whatever ran on this thread last.
func (c *conn) pump() {
	go func() {
		buf := make([]byte, 4096)
		for _Cfunc_SSL_read(buf) > 0 {
			c.read <- buf
		}
		if code := _Cfunc_ERR_get_error(); code != 0 { // want `^likely: _Cfunc_ERR_get_error is about the errors that a C library keeps for this`
			close(c.read)
		}
	}()
}

func (c *conn) pumpLocked() {
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		buf := make([]byte, 4096)
		for _Cfunc_SSL_read(buf) > 0 {
			continue
		}
		if code := _Cfunc_ERR_get_error(); code != 0 {
			close(c.read)
		}
	}()
}
