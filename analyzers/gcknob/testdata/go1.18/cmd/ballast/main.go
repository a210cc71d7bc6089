// Command ballast has no better way.
package main

import "runtime"

func main() {
	ballast := make([]byte, 1<<30)
	serve()
	runtime.KeepAlive(ballast)
}

func serve() {}
