// Package hot has hot functions.
package hot

import (
	"runtime"

	"example.com/stw/far"
)

//lagvet:hot
func match(n int) int {
	runtime.GC()                      // want `^proven: runtime.GC .*, in hot code \(//lagvet:hot at hazards.go:10\)$`
	return below(n) + int(far.Heap()) // want `^likely: far.Heap ends in runtime.ReadMemStats, .* in hot code .* ← calls far.Heap ← calls far.stats ← runtime.ReadMemStats stops the world$`
}

func below(n int) int {
	runtime.GOMAXPROCS(n) // want `^proven: runtime.GOMAXPROCS`
	return n
}

var done bool

//lagvet:hot
func seldom() {
	if !done {
		done = true
		runtime.GC() // want `^suspected: runtime.GC .*\(but what is asked before lets only some calls through\)$`
	}
}
