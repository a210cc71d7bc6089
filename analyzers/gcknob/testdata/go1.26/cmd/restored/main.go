// Command restored turns it on again.
package main

import "runtime/debug"

func main() {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	load()
}

func again() {
	old := debug.SetGCPercent(-1)
	load()
	debug.SetGCPercent(old)
}

func load() {}
