// Command cmd keeps its main thread.
package main

import (
	"runtime"

	"golang.org/x/sys/unix"
)

func main() {
	runtime.LockOSThread()
	if err := setUp(); err != nil {
		return
	}
	events := make(chan func())
	for f := range events {
		f()
	}
	runtime.UnlockOSThread()
}

// Nobody else runs here: the thread is locked by its caller.
func setUp() error {
	return unix.Setns(3, unix.CLONE_NEWNET)
}
