// Command older asks for older defaults.

//go:debug default=go1.24
package main

import "runtime"

func main() { runtime.GOMAXPROCS(runtime.NumCPU()) }
