// Command off has turned the new default off.

//go:debug containermaxprocs=0
package main

import (
	"runtime"

	_ "go.uber.org/automaxprocs"
)

func main() { runtime.GOMAXPROCS(runtime.NumCPU()) }
