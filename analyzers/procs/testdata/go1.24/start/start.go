// Package start runs with the default of before Go 1.25.
package start

import "runtime"

func init() { runtime.GOMAXPROCS(runtime.NumCPU()) }

func fixed() { runtime.GOMAXPROCS(4) }

func run(changes <-chan int) {
	for n := range changes {
		runtime.GOMAXPROCS(n) // want `likely: GOMAXPROCS with a number stops every goroutine`
	}
}
