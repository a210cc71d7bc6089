// Command off turns the collector off.
package main

import "runtime/debug"

func main() {
	debug.SetGCPercent(-1) // want `likely: this turns the collector off, and nothing in this package bounds the heap`
	serve()
}

func start() {
	_ = debug.SetGCPercent(-1) // want `likely: this turns the collector off`
}

func serve() {}
