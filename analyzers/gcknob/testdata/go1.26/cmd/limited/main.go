// Command limited has a limit instead.
package main

import (
	"runtime/debug"

	"example.com/app/knobs"
)

func main() {
	debug.SetGCPercent(-1)
	knobs.Limit(2 << 30)
}
