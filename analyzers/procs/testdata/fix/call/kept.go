package call

import "runtime"

// The package is needed.
func kept() int {
	runtime.GOMAXPROCS(8) // want `likely: GOMAXPROCS of a constant`
	return runtime.NumGoroutine()
}

// So is the variable: not mechanical.
func variable() {
	n := runtime.NumCPU()
	runtime.GOMAXPROCS(n) // want `likely: GOMAXPROCS of the machine's CPUs`
}

// And what it returns.
func result() int {
	return runtime.GOMAXPROCS(8) // want `likely: GOMAXPROCS of a constant`
}

func line() { runtime.GOMAXPROCS(8) } // want `likely: GOMAXPROCS of a constant`
