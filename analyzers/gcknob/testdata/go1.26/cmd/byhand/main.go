// Command byhand collects between batches.
package main

import (
	"runtime"
	"runtime/debug"
)

func main() {
	debug.SetGCPercent(-1) // want `suspected: .*but it runs the collector by hand`
	for range 10 {
		batch()
		runtime.GC()
	}
}

func batch() {}
