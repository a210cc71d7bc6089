// Package loop sets it over and over.
package loop

import "runtime"

type tuner struct{ changes <-chan int }

func (t *tuner) run() {
	for n := range t.changes {
		runtime.GOMAXPROCS(n) // want `likely: GOMAXPROCS with a number stops every goroutine to set up the processors anew, in each turn of this loop`
	}
}

func sweep(f func()) {
	for n := 1; n <= runtime.NumCPU(); n++ {
		runtime.GOMAXPROCS(n) // want `likely: GOMAXPROCS with a number stops every goroutine`
		f()
	}
}
