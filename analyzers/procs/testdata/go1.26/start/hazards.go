// Package start sets up the process.
package start

import "runtime"

const threads = 8

type options struct{ workers int }

func init() {
	runtime.GOMAXPROCS(runtime.NumCPU()) // want `likely: GOMAXPROCS of the machine's CPUs: NumCPU knows no CPU limit of the container`
}

// By way of variables.
func halved() {
	cpus := runtime.NumCPU()
	n := cpus / 2
	runtime.GOMAXPROCS(n) // want `likely: GOMAXPROCS of the machine's CPUs`
}

func (o *options) apply() {
	prev := runtime.GOMAXPROCS(max(runtime.NumCPU()-1, 1)) // want `likely: GOMAXPROCS of the machine's CPUs`
	o.workers = prev
}

// By an option.
func withAll() func(*options) {
	return func(o *options) {
		runtime.GOMAXPROCS(runtime.NumCPU() * 2) // want `likely: GOMAXPROCS of the machine's CPUs`
	}
}

func fixed() {
	runtime.GOMAXPROCS(4) // want `likely: GOMAXPROCS of a constant: a number turns off the default of Go 1.25`
}

func named() {
	runtime.GOMAXPROCS(threads) // want `likely: GOMAXPROCS of a constant`
}

func variable() {
	n := 16
	runtime.GOMAXPROCS(n) // want `likely: GOMAXPROCS of a constant`
}

// Worked out: suspected.
func quota() int { return threads / 2 }

func worked() {
	n := quota()
	if n < 1 {
		n = 1
	}
	runtime.GOMAXPROCS(n) // want `suspected: GOMAXPROCS of a number that the program works out`
}

func direct() {
	runtime.GOMAXPROCS(quota()) // want `suspected: GOMAXPROCS of a number that the program works out`
}

// Unless the environment says something the machine's CPUs are no better.
var inContainer bool

func contained() {
	if inContainer {
		runtime.GOMAXPROCS(runtime.NumCPU()) // want `likely: GOMAXPROCS of the machine's CPUs`
	}
}
